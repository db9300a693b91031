#ifndef ZIPC_CATALOGUE_HPP
#define ZIPC_CATALOGUE_HPP

#include <functional>
#include <optional>
#include <string_view>

namespace zipc {
namespace detail {

// As much of JSON as a line of a catalogue needs: members of an object, each handed out as it stands there.
class JsonObject {
public:
    using Member = std::function<void(const std::string& name, std::string_view value)>;

    // False when the text is no object.
    static bool read(std::string_view text, const Member& member) {
        JsonObject reader(text);
        return reader.object(&member, 0) && reader.at_end();
    }

    // The text that a value in quotes stands for; other values as they stand there.
    static std::string text(std::string_view value) {
        if (value.size() < 2 || value.front() != '"') {
            return std::string(value);
        }
        std::string text;
        for (std::size_t i = 1; i + 1 < value.size(); ++i) {
            if (value[i] != '\\') {
                text += value[i];
                continue;
            }
            const char escaped = value[++i];
            if (escaped == 'u' && i + 4 < value.size()) {
                append_utf8(text, std::strtoul(std::string(value.substr(i + 1, 4)).c_str(), nullptr, 16));
                i += 4;
            } else {
                text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
            }
        }
        return text;
    }

private:
    static constexpr int depth_max = 64;

    explicit JsonObject(std::string_view text) : text_(text) {}

    static void append_utf8(std::string& text, unsigned long unit) {
        if (unit < 0x80) {
            text += static_cast<char>(unit);
        } else if (unit < 0x800) {
            text += static_cast<char>(0xC0 | unit >> 6);
            text += static_cast<char>(0x80 | (unit & 0x3F));
        } else {
            text += static_cast<char>(0xE0 | unit >> 12);
            text += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
            text += static_cast<char>(0x80 | (unit & 0x3F));
        }
    }

    void skip_spaces() {
        while (next_ < text_.size() && std::string_view(" \t\r\n").find(text_[next_]) != std::string_view::npos) {
            ++next_;
        }
    }

    bool take(char wanted) {
        skip_spaces();
        if (next_ < text_.size() && text_[next_] == wanted) {
            ++next_;
            return true;
        }
        return false;
    }

    bool at_end() {
        skip_spaces();
        return next_ == text_.size();
    }

    bool string() {
        if (!take('"')) {
            return false;
        }
        for (; next_ < text_.size(); ++next_) {
            if (text_[next_] == '\\') {
                ++next_;
            } else if (text_[next_] == '"') {
                ++next_;
                return true;
            }
        }
        return false;
    }

    bool value(int depth) {
        skip_spaces();
        if (next_ >= text_.size() || depth > depth_max) {
            return false;
        }
        if (text_[next_] == '{') {
            return object(nullptr, depth);
        }
        if (text_[next_] == '"') {
            return string();
        }
        if (take('[')) {
            if (take(']')) {
                return true;
            }
            do {
                if (!value(depth + 1)) {
                    return false;
                }
            } while (take(','));
            return take(']');
        }
        const std::size_t begin = next_;
        while (next_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[next_]) == std::string_view::npos) {
            ++next_;
        }
        return next_ > begin;
    }

    bool object(const Member* member, int depth) {
        if (!take('{')) {
            return false;
        }
        if (take('}')) {
            return true;
        }
        do {
            skip_spaces();
            const std::size_t name = next_;
            if (!string()) {
                return false;
            }
            const std::string_view named = text_.substr(name, next_ - name);
            if (!take(':')) {
                return false;
            }
            skip_spaces();
            const std::size_t begin = next_;
            if (!value(depth + 1)) {
                return false;
            }
            if (member != nullptr) {
                (*member)(text(named), text_.substr(begin, next_ - begin));
            }
        } while (take(','));
        return take('}');
    }

    const std::string_view text_;
    std::size_t next_ = 0;
};

// What the catalogue beside a segment says of one structure. Texts are empty where it says nothing.
struct Declared {
    std::string kind;
    std::string key_fingerprint;
    std::string fingerprint;
    bool overwrites = false;
};

// The catalogue of a segment: NAME.zipc, with the type of each structure's elements.
class Catalogue {
public:
    // None when there is no catalogue of this segment, or no line for a block at this offset.
    static std::optional<Declared> find(const std::string& path, const Identity& segment, Owner owner,
            const std::string& name, std::uint64_t block) {
        const std::string text = read(path, owner);
        std::optional<Declared> found;
        bool first = true;
        std::size_t begin = 0;
        // A line counts when it is ended; of two for one name the last one does.
        for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
            const std::string_view line = std::string_view(text).substr(begin, end - begin);
            if (first) {
                if (!is_of(line, segment)) {
                    return std::nullopt;
                }
                first = false;
            } else if (auto declared = declaration(line, name, block)) {
                found = std::move(declared);
            }
        }
        return found;
    }

private:
    static constexpr off_t size_max = 16 << 20;

    static std::string read(const std::string& path, Owner owner) {
        const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        struct stat facts = {};
        if (!file || ::fstat(file.number(), &facts) != 0 || !distrust(facts, owner).empty() || facts.st_size > size_max) {
            return {};
        }
        std::string text(static_cast<std::size_t>(facts.st_size), '\0');
        std::size_t done = 0;
        while (done < text.size()) {
            const ssize_t count = ::pread(file.number(), &text[done], text.size() - done, static_cast<off_t>(done));
            if (count <= 0) {
                break;
            }
            done += static_cast<std::size_t>(count);
        }
        text.resize(done);
        return text;
    }

    static bool is_of(std::string_view line, const Identity& segment) {
        std::string format;
        std::string version;
        std::string of;
        const bool is_object = JsonObject::read(line, [&](const std::string& name, std::string_view value) {
            if (name == "format") {
                format = JsonObject::text(value);
            } else if (name == "version") {
                version = JsonObject::text(value);
            } else if (name == "segment") {
                of = JsonObject::text(value);
            }
        });
        return is_object && format == "zeroipc-types" && version == "1" && of == segment.text();
    }

    static std::optional<Declared> declaration(std::string_view line, const std::string& wanted, std::uint64_t block) {
        Declared declared;
        std::string of;
        std::string offset;
        const bool is_object = JsonObject::read(line, [&](const std::string& name, std::string_view value) {
            if (name == "name") {
                of = JsonObject::text(value);
            } else if (name == "offset") {
                offset = JsonObject::text(value);
            } else if (name == "kind") {
                declared.kind = JsonObject::text(value);
            } else if (name == "element") {
                declared.fingerprint = member(value, "fingerprint");
            } else if (name == "key") {
                declared.key_fingerprint = member(value, "fingerprint");
            } else if (name == "options") {
                declared.overwrites = member(value, "overwrite") == "true";
            }
        });
        return is_object && of == wanted && offset == std::to_string(block) ? std::optional(std::move(declared))
                                                                            : std::nullopt;
    }

    static std::string member(std::string_view object, std::string_view wanted) {
        std::string found;
        JsonObject::read(object, [&](const std::string& name, std::string_view value) {
            if (name == wanted) {
                found = JsonObject::text(value);
            }
        });
        return found;
    }
};

} // namespace detail
} // namespace zipc

#endif
