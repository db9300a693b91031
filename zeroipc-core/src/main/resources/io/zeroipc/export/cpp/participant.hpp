#ifndef ZIPC_PARTICIPANT_HPP
#define ZIPC_PARTICIPANT_HPP

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <vector>

#include <sys/mman.h>

namespace zipc {
namespace detail {

// The file of participants beside a segment, NAME.zipc-live: who has it open, and what each thread is about to take. Others end
// what a process that was killed had begun. Threads of this process announce in a record of their own.
namespace live {

constexpr std::uint64_t magic = 0x4556494C4350495A;
constexpr std::uint32_t version = 1;
constexpr int participants = 1024;
constexpr int records = 1024;
constexpr std::size_t participants_start = 4096;
constexpr std::size_t participant_size = 64;
constexpr std::size_t records_start = 69632;
constexpr std::size_t record_size = 128;
constexpr std::size_t event_counts_start = 200704;
constexpr std::size_t byte_size = 233472;

constexpr std::size_t epoch_offset = 40;
constexpr std::size_t participants_top_offset = 44;
constexpr std::size_t records_top_offset = 48;

constexpr std::uint64_t state_mask = 0xFF;
constexpr std::uint64_t free_row = 0;
constexpr std::uint64_t present = 1;
constexpr std::uint64_t unannounced = 1 << 8;
constexpr std::uint64_t wakes = 1 << 11;

// Kinds of claims, and where they stand in one.
constexpr std::uint64_t write_intent = 1;
constexpr std::uint64_t writing = 2;
constexpr std::uint64_t read_intent = 3;
constexpr std::uint64_t reading = 4;

constexpr std::uint64_t claim(std::uint64_t kind, std::uint32_t position) {
    return kind << 60 | position;
}

} // namespace live

// Bytes of a file.
class Mapping {
public:
    Mapping(int descriptor, std::size_t size) : size_(size) {
        void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        if (mapped == MAP_FAILED) {
            throw Error("file cannot be mapped: bytes=" + std::to_string(size) + ", reason=" + reason(errno));
        }
        bytes_ = static_cast<unsigned char*>(mapped);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { ::munmap(bytes_, size_); }

    unsigned char* bytes() const { return bytes_; }
    std::size_t size() const { return size_; }

private:
    unsigned char* bytes_;
    std::size_t size_;
};

// This process among the participants of a segment. It is alive as long as it holds the user lock with the number of its row.
class Participant {
public:
    // Null when that is no such file, or one of another segment.
    static std::unique_ptr<Mapping> find(const std::string& path, const Identity& segment, Owner owner) {
        Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        struct stat facts = {};
        if (!file || ::fstat(file.number(), &facts) != 0 || !distrust(facts, owner).empty()
                || static_cast<std::uint64_t>(facts.st_size) != live::byte_size) {
            return nullptr;
        }
        auto mapping = std::make_unique<Mapping>(file.number(), live::byte_size);
        const unsigned char* bytes = mapping->bytes();
        const bool ours = load_acquire<std::uint64_t>(bytes) == live::magic
                && load_relaxed<std::uint32_t>(bytes + 8) == live::version
                && load_relaxed<std::uint32_t>(bytes + 12) == live::participants
                && load_relaxed<std::uint32_t>(bytes + 16) == live::records
                && load_relaxed<std::uint64_t>(bytes + 24) == segment.device
                && load_relaxed<std::uint64_t>(bytes + 32) == segment.inode;
        return ours ? std::move(mapping) : nullptr;
    }

    // As find, and makes the file when there is none. Null when that cannot be done.
    static std::unique_ptr<Mapping> find_or_make(const std::string& path, const struct stat& segment, int descriptor,
            Owner owner) {
        auto mapping = find(path, identity_of(segment), owner);
        if (mapping == nullptr && set_lock_patiently(descriptor, lock_of_recovery(), std::chrono::seconds(1))) {
            // Somebody else may have made it meanwhile.
            mapping = find(path, identity_of(segment), owner);
            if (mapping == nullptr && may_make(path) && make(path, segment)) {
                mapping = find(path, identity_of(segment), owner);
            }
            set_lock(descriptor, lock_of_recovery(), F_UNLCK);
        }
        return mapping;
    }

    static bool is_free(const Mapping& file, int row) {
        return (load_acquire<std::uint64_t>(file.bytes() + row_offset(row)) & live::state_mask) == live::free_row;
    }

    // The process holds the user lock of the row, which is free.
    Participant(std::unique_ptr<Mapping> file, int row) : file_(std::move(file)), bytes_(file_->bytes()), row_(row) {
        is_fenced_by_others(); // before the row says that this process wakes others
        epoch_ = __atomic_add_fetch(word<std::uint32_t>(live::epoch_offset), 1, __ATOMIC_SEQ_CST);
        unsigned char* at = bytes_ + row_offset(row);
        struct stat name_space = {};
        const bool known = ::stat("/proc/self/ns/pid", &name_space) == 0;
        store_relaxed<std::uint64_t>(at + 8, static_cast<std::uint64_t>(::getpid()));
        store_relaxed<std::uint64_t>(at + 16, start_time());
        store_relaxed<std::uint64_t>(at + 24, known ? static_cast<std::uint64_t>(name_space.st_ino) : 0);
        store_relaxed<std::uint64_t>(at + 32, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                std::chrono::system_clock::now().time_since_epoch()).count()));
        std::memset(at + 40, 0, 24);
        const std::string name = program_name();
        std::memcpy(at + 40, name.data(), std::min<std::size_t>(name.size(), 24));
        raise(live::participants_top_offset, static_cast<std::uint32_t>(row) + 1);
        ZIPC_STOP(JOIN_ROW_FILLED);
        // Last: whoever sees it sees the row.
        store_release<std::uint64_t>(at, state(live::present | live::wakes));
        ZIPC_STOP(JOINED);
    }

    // Ends the part of this process, which has no mapping of the segment any more, and still the lock.
    void leave() {
        const std::lock_guard<std::mutex> guard(mutex_);
        left_ = true;
        ZIPC_STOP(LEAVING);
        for (unsigned char* record : records_) {
            clear(record);
        }
        records_.clear();
        store_release<std::uint64_t>(bytes_ + row_offset(row_), state(live::free_row));
        ZIPC_STOP(LEFT);
    }

    // Different from all others of this process, also those that are gone.
    std::uint64_t number() const { return number_; }

    // A record for the calling thread; null when there is none.
    unsigned char* take_record() {
        const std::lock_guard<std::mutex> guard(mutex_);
        const std::uint64_t thread = static_cast<std::uint64_t>(::syscall(SYS_gettid)) & 0x1FFFFF;
        const std::uint64_t owner = std::uint64_t{epoch_} << 32 | thread << 11 | static_cast<std::uint64_t>(row_ + 1);
        for (int i = 1; i < live::records; ++i) {
            unsigned char* record = bytes_ + live::records_start + static_cast<std::size_t>(i) * live::record_size;
            if (load_relaxed<std::uint64_t>(record) == 0) {
                // First, as whoever recovers looks at no record from there on.
                raise(live::records_top_offset, static_cast<std::uint32_t>(i) + 1);
                ZIPC_STOP(RECORD_TOP_RAISED);
                std::uint64_t nobody = 0;
                if (compare_and_set(record, nobody, owner)) {
                    ZIPC_STOP(RECORD_TAKEN);
                    records_.push_back(record);
                    return record;
                }
            }
        }
        // Before the first claim that is not announced: nobody goes by the cells of this process alone any more.
        __atomic_or_fetch(word<std::uint64_t>(row_offset(row_)), live::unannounced, __ATOMIC_SEQ_CST);
        return nullptr;
    }

    void give_back(unsigned char* record) {
        if (::getpid() != process_) {
            return; // a forked child, whose threads are not those that took records
        }
        const std::lock_guard<std::mutex> guard(mutex_);
        const auto found = std::find(records_.begin(), records_.end(), record);
        if (!left_ && found != records_.end()) {
            records_.erase(found);
            clear(record);
        }
    }

    std::uint32_t* event_count(std::uint64_t block, bool departures) const {
        const std::uint32_t key = static_cast<std::uint32_t>(block >> 2) + (departures ? 1 : 0);
        return word<std::uint32_t>(live::event_counts_start + (key * 0x9E3779B9u >> 23) * std::size_t{64});
    }

private:
    static constexpr std::size_t row_offset(int row) {
        return live::participants_start + static_cast<std::size_t>(row) * live::participant_size;
    }

    template <class Word> Word* word(std::size_t offset) const {
        return static_cast<Word*>(static_cast<void*>(bytes_ + offset));
    }

    std::uint64_t state(std::uint64_t flags) const { return std::uint64_t{epoch_} << 32 | flags; }

    void raise(std::size_t offset, std::uint32_t top) const {
        std::uint32_t seen = load_acquire<std::uint32_t>(bytes_ + offset);
        while (seen < top && !compare_and_set(bytes_ + offset, seen, top)) {
        }
    }

    static void clear(unsigned char* record) {
        for (std::size_t cell = 16; cell < live::record_size; cell += 16) {
            store_release<std::uint64_t>(record + cell, 0);
        }
        store_release<std::uint64_t>(record, 0);
    }

    // Whether there is no such file, or one that is left over from another segment. What is not understood stays: others use it.
    static bool may_make(const std::string& path) {
        const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!file) {
            return errno == ENOENT;
        }
        alignas(8) std::array<unsigned char, 24> head = {};
        return ::pread(file.number(), head.data(), head.size(), 0) == static_cast<ssize_t>(head.size())
                && load_relaxed<std::uint64_t>(head.data()) == live::magic
                && load_relaxed<std::uint32_t>(head.data() + 8) == live::version
                && load_relaxed<std::uint32_t>(head.data() + 12) == live::participants
                && load_relaxed<std::uint32_t>(head.data() + 16) == live::records;
    }

    // Under a temporary name, so that nobody sees it half made. The caller holds the recovery lock.
    static bool make(const std::string& path, const struct stat& segment) {
        const std::size_t slash = path.rfind('/') + 1;
        const std::string temporary = path.substr(0, slash) + "." + path.substr(slash) + "." + std::to_string(::getpid())
                + "." + std::to_string(Clock::now().time_since_epoch().count()) + ".zipc-tmp";
        Descriptor file(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (!file) {
            return false;
        }
        bool made = ::posix_fallocate(file.number(), 0, live::byte_size) == 0;
        if (made) {
            const Mapping mapping(file.number(), live::byte_size);
            unsigned char* bytes = mapping.bytes();
            store_relaxed<std::uint32_t>(bytes + 8, live::version);
            store_relaxed<std::uint32_t>(bytes + 12, live::participants);
            store_relaxed<std::uint32_t>(bytes + 16, live::records);
            store_relaxed<std::uint64_t>(bytes + 24, identity_of(segment).device);
            store_relaxed<std::uint64_t>(bytes + 32, identity_of(segment).inode);
            store_relaxed<std::uint32_t>(bytes + live::records_top_offset, 1);
            store_release<std::uint64_t>(bytes, live::magic);
            ZIPC_STOP(LIVE_MADE);
            made = ::fchmod(file.number(), segment.st_mode & 0777) == 0
                    && ::rename(temporary.c_str(), path.c_str()) == 0;
        }
        if (!made) {
            ::unlink(temporary.c_str());
        }
        return made;
    }

    // When this process began, as the kernel counts: with it the number of a process is not mistaken for that of a later one.
    static std::uint64_t start_time() {
        std::ifstream file("/proc/self/stat");
        std::string text;
        std::getline(file, text);
        // The name of the program may have spaces and brackets in it.
        const std::size_t end = text.rfind(')');
        if (end == std::string::npos) {
            return 0;
        }
        std::istringstream fields(text.substr(end + 1));
        std::string skipped;
        for (int i = 3; i < 22; ++i) {
            fields >> skipped;
        }
        std::uint64_t time = 0;
        fields >> time;
        return time;
    }

    static std::string program_name() {
        std::ifstream file("/proc/self/comm");
        std::string name;
        std::getline(file, name);
        return name.empty() ? "c++" : name;
    }

    static std::uint64_t next_number() {
        static std::uint64_t last = 0;
        return __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    }

    const std::unique_ptr<Mapping> file_;
    unsigned char* const bytes_;
    const int row_;
    std::uint32_t epoch_ = 0;
    const std::uint64_t number_ = next_number();
    const pid_t process_ = ::getpid();
    std::mutex mutex_;
    std::vector<unsigned char*> records_;
    bool left_ = false;
};

// The records of one thread, which are given back when it ends.
class ThreadRecords {
public:
    // Null when there is none.
    static unsigned char* of(const std::shared_ptr<Participant>& participant) {
        Entry& last = newest();
        if (last.number != participant->number()) {
            last = last.ended ? Entry{participant->number(), participant->take_record(), true} : mine().find(participant);
        }
        return last.record;
    }

private:
    struct Entry {
        std::uint64_t number;
        unsigned char* record;
        // Whether the thread has given back its records: destructors that come later take others, for as long as the process lives.
        bool ended;
    };
    struct Owned {
        std::weak_ptr<Participant> participant;
        Entry entry;
    };

    ThreadRecords() = default;
    ThreadRecords(const ThreadRecords&) = delete;
    ThreadRecords& operator=(const ThreadRecords&) = delete;
    ~ThreadRecords() {
        newest() = Entry{0, nullptr, true};
        for (const Owned& each : owned_) {
            if (const auto participant = each.participant.lock(); participant != nullptr && each.entry.record != nullptr) {
                participant->give_back(each.entry.record);
            }
        }
    }

    // What the thread has used last: without a destructor, and so without a check whether it was made.
    static Entry& newest() {
        static thread_local Entry last = {};
        return last;
    }

    static ThreadRecords& mine() {
        static thread_local ThreadRecords records;
        return records;
    }

    Entry find(const std::shared_ptr<Participant>& participant) {
        for (std::size_t i = 0; i < owned_.size();) {
            if (owned_[i].entry.number == participant->number()) {
                return owned_[i].entry;
            }
            if (owned_[i].participant.expired()) {
                owned_.erase(owned_.begin() + static_cast<std::ptrdiff_t>(i));
            } else {
                ++i;
            }
        }
        const Entry entry = {participant->number(), participant->take_record(), false};
        owned_.push_back(Owned{participant, entry});
        return entry;
    }

    std::vector<Owned> owned_;
};

// What the calling thread says of one position while it works on it. The order: announce, the compare-and-set that claims the
// position (which releases), confirm, and clear behind the store that ends the claim. So whoever finds a position claimed finds
// who has it, wherever a process dies.
class Cell {
public:
    Cell(const std::shared_ptr<Participant>& participant, std::uint64_t block)
        : cell_(participant == nullptr ? nullptr : ThreadRecords::of(participant)), block_(block) {
        if (cell_ != nullptr) {
            cell_ += 16; // the first of the record: an operation has one claim at a time
        }
    }

    void announce(std::uint64_t claim) {
        if (cell_ == nullptr) {
            return;
        }
        if (!announced_ && load_relaxed<std::uint64_t>(cell_ + 8) != block_) {
            // After what ended the claim that stood here. Pairs with the acquire-load of whoever recovers.
            store_release<std::uint64_t>(cell_ + 8, block_);
        }
        announced_ = true;
        // After the block. Pairs with the acquire-load of whoever recovers.
        store_release<std::uint64_t>(cell_, claim);
    }

    void confirm(std::uint64_t claim) {
        if (cell_ != nullptr) {
            store_release<std::uint64_t>(cell_, claim);
        }
    }

    void clear() {
        if (announced_) {
            store_release<std::uint64_t>(cell_, 0);
        }
    }

private:
    unsigned char* cell_;
    const std::uint64_t block_;
    bool announced_ = false;
};

} // namespace detail
} // namespace zipc

#endif
