// Prints the newest sample of the telemetry segment once a second. C++17, one file, no library but the system's.
//
//     g++ -std=c++17 -O2 -Wall -Wextra -o telemetry_reader telemetry_reader.cpp
//     ./telemetry_reader [--once] [--json] [FILE]        FILE is /dev/shm/zeroipc-telemetry unless given
//
// Written from docs/format/segment.md and docs/format/state.md, whose field names it uses. Everything is read through
// one read-only mapping: this program cannot disturb the others, and they do not know of it.

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// docs/format/segment.md
struct SegmentHeader {
    std::uint32_t magic, version, entry_count, max_entries;
    std::uint64_t memory_size, next_offset;
};
struct Entry {
    char name[32];
    std::uint64_t offset, size;
};
constexpr std::uint32_t SEGMENT_MAGIC = 0x5A49504D;

// docs/format/state.md
struct StateHeader {
    char magic[8];
    std::uint64_t format_version, payload_size, slot_count, slot_stride, latest, reserved[2];
};
struct SlotHeader {
    std::uint64_t sequence, timestamp, length;
};
constexpr char STATE_MAGIC[] = "ZIPCSTAT";

// The record io.zeroipc.sample.Telemetry: the same fields in the same order are the same bytes.
struct Telemetry {
    std::int64_t number, takenAt;
    std::int32_t publisher, cores;
    double cpu;
    struct { double one, five, fifteen; } load;
    struct { std::int64_t total, available; } memory;
    struct { double in, out; } network;
    struct { double in, out; } disk;
};

static_assert(sizeof(SegmentHeader) == 32 && sizeof(Entry) == 48, "as in docs/format/segment.md");
static_assert(sizeof(StateHeader) == 64 && sizeof(SlotHeader) == 24, "as in docs/format/state.md");

std::uint64_t load_acquire(const std::uint64_t& word) {
    return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

// A mapped segment and its table of names.
class Segment {
public:
    explicit Segment(const std::string& path) : path_(path) {
        int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (file < 0) {
            throw std::runtime_error(path + ": " + std::strerror(errno) + "; is the publisher running?");
        }
        struct stat facts {};
        fstat(file, &facts);
        id_ = facts.st_ino;
        size_ = static_cast<std::size_t>(facts.st_size);
        void* start = size_ == 0 ? MAP_FAILED : mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
        close(file);
        if (start == MAP_FAILED) {
            throw std::runtime_error(path + " cannot be mapped");
        }
        start_ = static_cast<const char*>(start);
        try {
            check();
        } catch (...) {
            munmap(start, size_);
            throw;
        }
    }

    ~Segment() { munmap(const_cast<char*>(start_), size_); }
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    // The block of a structure; at least so many bytes long.
    const char* find(const std::string& name, std::size_t least) const {
        std::uint32_t count = __atomic_load_n(&header().entry_count, __ATOMIC_ACQUIRE);
        auto* entries = reinterpret_cast<const Entry*>(start_ + sizeof(SegmentHeader));
        for (std::uint32_t i = 0; i < count && i < max_entries_; i++) {
            if (name.compare(0, std::string::npos, entries[i].name, strnlen(entries[i].name, 32)) == 0) {
                if (entries[i].size < least || entries[i].offset > size_ || entries[i].size > size_ - entries[i].offset) {
                    throw std::runtime_error(name + " lies outside of " + path_ + " or is too small");
                }
                return start_ + entries[i].offset;
            }
        }
        throw std::runtime_error("there is no " + name + " in " + path_);
    }

    // Whether the path leads to another file by now, or to none.
    bool was_replaced() const {
        struct stat facts {};
        return stat(path_.c_str(), &facts) != 0 || facts.st_ino != id_;
    }

private:
    const SegmentHeader& header() const { return *reinterpret_cast<const SegmentHeader*>(start_); }

    void check() {
        if (size_ < sizeof(SegmentHeader) || header().magic != SEGMENT_MAGIC || header().version != 2) {
            throw std::runtime_error(path_ + " is not a segment of format 2");
        }
        max_entries_ = header().max_entries == 0 ? 64 : header().max_entries;
        if (header().memory_size > size_ || sizeof(SegmentHeader) + max_entries_ * sizeof(Entry) > size_) {
            throw std::runtime_error(path_ + " is shorter than its header says");
        }
    }

    std::string path_;
    const char* start_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t max_entries_ = 0;
    ino_t id_ = 0;
};

// The latest value, which its writer replaces while we read.
template <typename T>
class State {
public:
    State(const Segment& segment, const std::string& name)
        : header_(reinterpret_cast<const StateHeader*>(segment.find(name, sizeof(StateHeader)))) {
        if (std::memcmp(header_->magic, STATE_MAGIC, 8) != 0 || header_->format_version != 1) {
            throw std::runtime_error(name + " is not a state of version 1");
        }
        if (header_->payload_size != sizeof(T)) {
            throw std::runtime_error(name + " has another record: " + std::to_string(header_->payload_size)
                                     + " bytes instead of " + std::to_string(sizeof(T)));
        }
        slots_ = header_->slot_count;
        stride_ = header_->slot_stride;
        if (slots_ == 0 || slots_ > 65536 || stride_ < sizeof(SlotHeader) + sizeof(T) || stride_ > (1u << 30)) {
            throw std::runtime_error(name + " has impossible slots");
        }
        segment.find(name, sizeof(StateHeader) + slots_ * stride_);
    }

    // The latest value and its version, which counts from 1; 0 before the first.
    std::uint64_t read(T& value) const {
        for (int attempt = 0; attempt < 1000; attempt++) {
            std::uint64_t latest = load_acquire(header_->latest);
            if (latest == 0) {
                return 0;
            }
            auto* slot = reinterpret_cast<const char*>(header_ + 1) + latest % slots_ * stride_;
            auto& sequence = reinterpret_cast<const SlotHeader*>(slot)->sequence;
            std::uint64_t before = load_acquire(sequence);
            std::memcpy(&value, slot + sizeof(SlotHeader), sizeof(T));
            // The loads of the copy come before the one below: the writer's odd sequence cannot be missed.
            std::atomic_thread_fence(std::memory_order_acquire);
            std::uint64_t after = __atomic_load_n(&sequence, __ATOMIC_RELAXED);
            // Otherwise the writer has gone once around all slots meanwhile: there is a newer value.
            if (before == 2 * latest && after == before) {
                return latest;
            }
        }
        throw std::runtime_error("the writer was always faster");
    }

private:
    const StateHeader* header_;
    std::uint64_t slots_ = 0;
    std::uint64_t stride_ = 0;
};

// NaN is no JSON: a figure that the machine does not tell is the text "NaN", as in the application's answers.
std::string json(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", value);
    return std::isnan(value) ? "\"NaN\"" : text;
}

std::string json(std::int64_t value) {
    return std::to_string(value);
}

void print_json(std::uint64_t version, const Telemetry& t) {
    std::string text = "{\"version\": " + std::to_string(version) + ", \"sample\": {\"number\": " + json(t.number)
        + ", \"takenAt\": " + json(t.takenAt) + ", \"publisher\": " + std::to_string(t.publisher)
        + ", \"cores\": " + std::to_string(t.cores) + ", \"cpu\": " + json(t.cpu)
        + ", \"load\": {\"one\": " + json(t.load.one) + ", \"five\": " + json(t.load.five)
        + ", \"fifteen\": " + json(t.load.fifteen) + "}, \"memory\": {\"total\": " + json(t.memory.total)
        + ", \"available\": " + json(t.memory.available) + "}, \"network\": {\"in\": " + json(t.network.in)
        + ", \"out\": " + json(t.network.out) + "}, \"disk\": {\"in\": " + json(t.disk.in)
        + ", \"out\": " + json(t.disk.out) + "}}}";
    std::puts(text.c_str());
    std::fflush(stdout);
}

std::string number(const char* form, double value) {
    char text[32];
    std::snprintf(text, sizeof text, form, value);
    return std::isnan(value) ? "?" : text;
}

std::string rate(double value) {
    const char* unit = "kB/s";
    value /= 1e3;
    for (const char* larger : {"MB/s", "GB/s"}) {
        if (value >= 999.95) {
            value /= 1e3;
            unit = larger;
        }
    }
    return number("%5.1f", value) + " " + unit;
}

void print_line(const Telemetry& t) {
    constexpr double GIB = 1024.0 * 1024 * 1024;
    std::time_t second = static_cast<std::time_t>(t.takenAt / 1'000'000'000);
    char clock[16];
    std::strftime(clock, sizeof clock, "%H:%M:%S", std::localtime(&second));
    double used = t.memory.available < 0 ? NAN : static_cast<double>(t.memory.total - t.memory.available) / GIB;
    std::printf("%s  sample %lld  cpu %s %%  mem %s of %.1f GiB  load %s  net %s in %s out  disk %s rd %s wr\n", clock,
                static_cast<long long>(t.number), number("%3.0f", 100 * t.cpu).c_str(), number("%.1f", used).c_str(),
                static_cast<double>(t.memory.total) / GIB, number("%.2f", t.load.one).c_str(),
                rate(t.network.in).c_str(), rate(t.network.out).c_str(), rate(t.disk.in).c_str(),
                rate(t.disk.out).c_str());
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
    std::string path = "/dev/shm/zeroipc-telemetry";
    bool once = false;
    bool as_json = false;
    for (int i = 1; i < count; i++) {
        std::string argument = arguments[i];
        if (argument == "--once") {
            once = true;
        } else if (argument == "--json") {
            as_json = true;
        } else if (argument.rfind("-", 0) == 0) {
            std::fprintf(stderr, "usage: telemetry_reader [--once] [--json] [FILE]\n");
            return 2;
        } else {
            path = argument;
        }
    }

    std::unique_ptr<Segment> segment;
    std::unique_ptr<State<Telemetry>> newest;
    std::uint64_t shown = 0;
    while (true) {
        bool good = false;
        try {
            if (!segment || segment->was_replaced()) {
                newest.reset();
                segment.reset();
                segment = std::make_unique<Segment>(path);
                shown = 0;
            }
            if (!newest) {
                newest = std::make_unique<State<Telemetry>>(*segment, "newest");
            }
            Telemetry sample{};
            std::uint64_t version = newest->read(sample);
            if (version == 0) {
                std::fprintf(stderr, "no sample yet\n");
            } else if (version == shown) {
                std::fprintf(stderr, "stale: sample %lld is still the newest\n", static_cast<long long>(sample.number));
            } else {
                as_json ? print_json(version, sample) : print_line(sample);
                good = true;
            }
            shown = version;
        } catch (const std::exception& problem) {
            std::fprintf(stderr, "%s\n", problem.what());
        }
        if (once) {
            return good ? 0 : 1;
        }
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}
