// Reads and writes numbers in the arrays of a packed arena, or of a segment, by its manifest (docs/format/manifest.md).
//
//     arena get MANIFEST NAME INDEX
//     arena set MANIFEST NAME INDEX VALUE
//
// INDEX counts row by row. C++17, no library; what it needs of JSON is below.

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <type_traits>
#include <unistd.h>
#include <vector>

namespace {

// One JSON value. Numbers keep their text: all that is needed here are whole ones.
struct Json {
    std::string text;
    std::map<std::string, Json> members;
    std::vector<Json> elements;

    const Json& at(const std::string& name) const {
        auto found = members.find(name);
        if (found == members.end()) {
            throw std::runtime_error("member is missing: " + name);
        }
        return found->second;
    }
    std::uint64_t whole() const { return std::stoull(text); }
};

class Parser {
public:
    explicit Parser(const std::string& text) : text_(text) {}

    Json value() {
        char c = peek();
        Json json;
        if (c == '{') {
            list('}', [&] {
                std::string name = string();
                expect(':');
                json.members[name] = value();
            });
        } else if (c == '[') {
            list(']', [&] { json.elements.push_back(value()); });
        } else if (c == '"') {
            json.text = string();
        } else {
            while (at_ < text_.size() && std::strchr(",]} \t\r\n", text_[at_]) == nullptr) {
                json.text += text_[at_++];
            }
        }
        return json;
    }

private:
    char peek() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) {
            at_++;
        }
        if (at_ == text_.size()) {
            throw std::runtime_error("manifest ends too soon");
        }
        return text_[at_];
    }
    void expect(char c) {
        if (peek() != c) {
            throw std::runtime_error(std::string("manifest has no '") + c + "' at " + std::to_string(at_));
        }
        at_++;
    }
    std::string string() {
        expect('"');
        std::string result;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') {
                at_++;
            }
            result += text_[at_++];
        }
        at_++;
        return result;
    }
    template <typename Element> void list(char end, Element element) {
        at_++;
        while (peek() != end) {
            element();
            if (peek() == ',') {
                at_++;
            }
        }
        at_++;
    }

    const std::string& text_;
    std::size_t at_ = 0;
};

template <typename T> T parse(const char* text) {
    char* end = nullptr;
    T number;
    if constexpr (std::is_floating_point_v<T>) {
        number = static_cast<T>(std::strtod(text, &end));
    } else {
        number = static_cast<T>(std::strtoll(text, &end, 10));
    }
    if (end == text || *end != '\0') {
        throw std::runtime_error(std::string("not a number of this type: ") + text);
    }
    return number;
}

template <typename T> void access(char* place, const char* value) {
    T number;
    if (value != nullptr) {
        number = parse<T>(value);
        std::memcpy(place, &number, sizeof number);
    } else {
        std::memcpy(&number, place, sizeof number);
        std::cout << number << "\n";
    }
}

int run(int argc, char** argv) {
    bool write = argc == 6 && std::string(argv[1]) == "set";
    if (!write && !(argc == 5 && std::string(argv[1]) == "get")) {
        throw std::runtime_error("usage: arena get MANIFEST NAME INDEX | set MANIFEST NAME INDEX VALUE");
    }
    std::string path = argv[2];
    std::ifstream in(path);
    if (!in) {
        throw std::runtime_error("cannot read " + path);
    }
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Json manifest = Parser(text).value();
    const Json& array = manifest.at("structures").at(argv[3]);
    std::string type = array.at("dtype").text;
    std::uint64_t index = std::stoull(argv[4]);
    std::uint64_t length = 1;
    for (const Json& each : array.at("shape").elements) {
        length *= each.whole();
    }
    std::size_t size = type.size() == 3 ? static_cast<std::size_t>(type[2] - '0') : 0;
    if (index >= length || size == 0) {
        throw std::runtime_error("no number there: dtype=" + type + ", index=" + argv[4]);
    }

    std::string file = path.substr(0, path.find_last_of('/') + 1) + manifest.at("file").text;
    int descriptor = open(file.c_str(), write ? O_RDWR : O_RDONLY);
    struct stat facts {};
    if (descriptor < 0 || fstat(descriptor, &facts) != 0) {
        throw std::runtime_error("cannot open " + file);
    }
    auto bytes = static_cast<std::size_t>(facts.st_size);
    std::uint64_t offset = array.at("offset").whole();
    if (offset > bytes || index >= (bytes - offset) / size) {
        throw std::runtime_error("array lies outside of the file");
    }
    offset += index * size;
    void* mapped = mmap(nullptr, bytes, write ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        throw std::runtime_error("cannot map " + file);
    }
    char* place = static_cast<char*>(mapped) + offset;
    const char* value = write ? argv[5] : nullptr;
    if (type == "<f8") {
        access<double>(place, value);
    } else if (type == "<f4") {
        access<float>(place, value);
    } else if (type == "<i8") {
        access<std::int64_t>(place, value);
    } else if (type == "<i4") {
        access<std::int32_t>(place, value);
    } else {
        throw std::runtime_error("no number there: dtype=" + type);
    }
    munmap(mapped, bytes);
    close(descriptor);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& failure) {
        std::cerr << "arena: " << failure.what() << "\n";
        return 2;
    }
}
