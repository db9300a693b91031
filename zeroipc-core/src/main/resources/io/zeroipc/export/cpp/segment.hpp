#ifndef ZIPC_SEGMENT_HPP
#define ZIPC_SEGMENT_HPP

#include <array>
#include <memory>

namespace zipc {

// A segment that this process has open: shared memory with a table of named structures. It takes part: it is counted as a user, and
// when it is killed, others end what it had begun. Thread-safe. The memory stays mapped as long as a structure of it is there.
class Segment {
public:
    // What stands in the table: where the bytes of a structure, or of a part of one, are.
    struct Block {
        unsigned char* bytes;
        std::uint64_t size;
        std::uint64_t offset;
    };

    // Opens the segment of a file. One that is just being made is waited for, a second at most.
    static std::shared_ptr<Segment> open(const std::string& path, Owner owner = Owner::same_or_root) {
        return std::shared_ptr<Segment>(new Segment(path, owner));
    }

    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    ~Segment() {
        mapping_.reset();
        // A child that was forked has the same locks, and is not the one that took part.
        if (participant_ != nullptr && ::getpid() == process_) {
            participant_->leave();
        }
    }

    const std::string& path() const { return opened_.path; }

    // Throws when the file at the path is not the one that is mapped any more. What waits looks by itself.
    void verify() const { opened_.verify(); }

    // Whether others can end what this process has begun when it is killed: there was a file for that, or it could be made.
    bool takes_part() const { return participant_ != nullptr; }

    // The names in the table.
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (std::uint32_t i = 0; i < entry_count(); ++i) {
            const char* name = static_cast<const char*>(static_cast<const void*>(entry(i)));
            names.emplace_back(name, ::strnlen(name, name_size));
        }
        return names;
    }

    // The block of a name in the table; none when there is no such name.
    std::optional<Block> find(const std::string& name) const {
        if (name.size() >= name_size) {
            return std::nullopt;
        }
        std::array<char, name_size> padded = {};
        std::memcpy(padded.data(), name.data(), name.size());
        for (std::uint32_t i = 0; i < entry_count(); ++i) {
            if (std::memcmp(entry(i), padded.data(), name_size) == 0) {
                const auto offset = detail::load_relaxed<std::uint64_t>(entry(i) + 32);
                const auto size = detail::load_relaxed<std::uint64_t>(entry(i) + 40);
                if (offset < table_end_ || offset % 8 != 0 || offset > mapping_->size() || size > mapping_->size() - offset) {
                    throw Error("table entry points outside the segment: segment=" + opened_.path + ", entry=" + name + ", offset="
                            + std::to_string(offset) + ", size=" + std::to_string(size) + ", segment bytes="
                            + std::to_string(mapping_->size()));
                }
                return Block{mapping_->bytes() + offset, size, offset};
            }
        }
        return std::nullopt;
    }

    // For the structures of this file.

    const std::shared_ptr<detail::Participant>& participant() const { return participant_; }

    detail::EventCount arrivals(const Block& block) const { return event_count(block, false); }

    detail::EventCount departures(const Block& block) const { return event_count(block, true); }

    std::optional<detail::Declared> declared(const std::string& name, std::uint64_t block) const {
        return detail::Catalogue::find(opened_.path + ".zipc", opened_.identity, owner_, name, block);
    }

    // One more descriptor, and so an owner of locks.
    detail::Descriptor open_again() const {
        detail::Descriptor file(::open(opened_.path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        struct stat facts = {};
        if (!file || ::fstat(file.number(), &facts) != 0 || !(detail::identity_of(facts) == opened_.identity)) {
            throw Error("segment was removed or replaced: path=" + opened_.path + " (open it again)");
        }
        return file;
    }

private:
    static constexpr std::size_t header_size = 32;
    static constexpr std::size_t entry_size = 48;
    static constexpr std::size_t name_size = 32;
    static constexpr std::uint32_t magic = 0x5A49504D;
    static constexpr std::uint32_t version = 2;

    Segment(const std::string& path, Owner owner) : owner_(owner), opened_{path} {
        struct stat examined = {};
        if (::lstat(path.c_str(), &examined) != 0) {
            if (errno == ENOENT) {
                throw SegmentNotFound("segment not found: path=" + path);
            }
            throw Error("segment cannot be examined: path=" + path + ", reason=" + detail::reason(errno));
        }
        if (const std::string why = detail::distrust(examined, owner); !why.empty()) {
            throw Error("segment is not to be trusted: path=" + path + ", " + why);
        }
        opened_.identity = detail::identity_of(examined);
        file_ = detail::Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        struct stat opened = {};
        if (!file_ || ::fstat(file_.number(), &opened) != 0) {
            throw Error("segment cannot be opened: path=" + path + ", reason=" + detail::reason(errno));
        }
        if (!(detail::identity_of(opened) == opened_.identity)) {
            throw Error("segment was replaced while it was opened: path=" + path + " (try again)");
        }
        const std::size_t size = await_header();
        join(opened);
        try {
            // Whoever removes a file with its last user may have done so before this one was counted.
            if (::lstat(path.c_str(), &examined) != 0 || !(detail::identity_of(examined) == opened_.identity)) {
                throw Error("segment was replaced while it was opened: path=" + path + " (try again)");
            }
            // Last: who looks for programs that take no part goes by who has it mapped.
            mapping_ = std::make_unique<detail::Mapping>(file_.number(), size);
            opened_.size = size;
        } catch (...) {
            if (participant_ != nullptr) {
                participant_->leave();
            }
            throw;
        }
    }

    // Looks again at what is not finished; the bytes of the segment.
    std::size_t await_header() {
        const auto end = detail::after(std::chrono::seconds(1));
        while (true) {
            struct stat facts = {};
            std::array<unsigned char, header_size> header = {};
            if (::fstat(file_.number(), &facts) != 0) {
                throw Error("segment cannot be examined: path=" + opened_.path + ", reason=" + detail::reason(errno));
            }
            const bool complete = facts.st_size >= static_cast<off_t>(header_size)
                    && ::pread(file_.number(), header.data(), header_size, 0) == static_cast<ssize_t>(header_size);
            const auto found_magic = detail::load_relaxed<std::uint32_t>(&header[0]);
            const auto found_version = detail::load_relaxed<std::uint32_t>(&header[4]);
            const auto next_offset = detail::load_relaxed<std::uint64_t>(&header[24]);
            if (complete && found_magic != 0 && found_version != 0 && next_offset != 0) {
                check_header(header.data(), static_cast<std::uint64_t>(facts.st_size));
                return static_cast<std::size_t>(detail::load_relaxed<std::uint64_t>(&header[16]));
            }
            if (detail::Clock::now() >= end) {
                throw Error("segment is not finished: path=" + opened_.path + ", bytes=" + std::to_string(facts.st_size)
                        + " (its creator has died, or this is another file)");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    void check_header(const unsigned char* header, std::uint64_t file_size) {
        const auto found_magic = detail::load_relaxed<std::uint32_t>(header);
        const auto found_version = detail::load_relaxed<std::uint32_t>(header + 4);
        const auto entries = detail::load_relaxed<std::uint32_t>(header + 8);
        const auto stored_max = detail::load_relaxed<std::uint32_t>(header + 12);
        const auto memory_size = detail::load_relaxed<std::uint64_t>(header + 16);
        const auto next_offset = detail::load_relaxed<std::uint64_t>(header + 24);
        if (found_magic != magic || found_version != version) {
            throw Error("not a segment of this format: path=" + opened_.path + ", magic=" + std::to_string(found_magic)
                    + ", version=" + std::to_string(found_version) + " (expected: " + std::to_string(magic) + ", "
                    + std::to_string(version) + ")");
        }
        entries_max_ = stored_max == 0 ? 64 : stored_max;
        table_end_ = header_size + std::uint64_t{entries_max_} * entry_size;
        if (memory_size > file_size || table_end_ > memory_size || entries > entries_max_ || next_offset < table_end_
                || next_offset > memory_size) {
            throw Error("segment is damaged: path=" + opened_.path + ", file bytes=" + std::to_string(file_size)
                    + ", memory_size=" + std::to_string(memory_size) + ", max_entries=" + std::to_string(entries_max_)
                    + ", entry_count=" + std::to_string(entries) + ", next_offset=" + std::to_string(next_offset));
        }
    }

    // Takes the first free user lock, and the row of that number.
    void join(const struct stat& facts) {
        lock_ = open_again();
        auto live = detail::Participant::find_or_make(opened_.path + ".zipc-live", facts, lock_.number(), owner_);
        for (int i = 0; live != nullptr && i < detail::users_max; ++i) {
            // A row that is not free is that of somebody who died, and whom nobody has looked after so far.
            if (detail::Participant::is_free(*live, i) && detail::set_lock(lock_.number(), detail::lock_of_user(i), F_WRLCK)) {
                ZIPC_STOP(JOIN_LOCKED);
                if (detail::Participant::is_free(*live, i)) {
                    participant_ = std::make_shared<detail::Participant>(std::move(live), i);
                    return;
                }
                detail::set_lock(lock_.number(), detail::lock_of_user(i), F_UNLCK);
            }
        }
        // Counted as a user all the same, so that nobody removes the file. The first lock that is free may be that of somebody dead, who
        // would be taken for alive.
        for (int i = detail::users_max - 1; i >= 0; --i) {
            if (detail::set_lock(lock_.number(), detail::lock_of_user(i), F_WRLCK)) {
                return;
            }
        }
        throw Error("segment has too many users: path=" + opened_.path + ", users=" + std::to_string(detail::users_max));
    }

    std::uint32_t entry_count() const {
        // Pairs with the release-store of who adds: rows below the count are complete, and so are their blocks. Others may have
        // stored nonsense.
        return std::min(detail::load_acquire<std::uint32_t>(mapping_->bytes() + 8), entries_max_);
    }

    unsigned char* entry(std::uint32_t index) const {
        return mapping_->bytes() + header_size + std::size_t{index} * entry_size;
    }

    detail::EventCount event_count(const Block& block, bool departures) const {
        return detail::EventCount(participant_ == nullptr ? nullptr : participant_->event_count(block.offset, departures), opened_);
    }

    const Owner owner_;
    const pid_t process_ = ::getpid();
    detail::OpenedFile opened_;
    // In this order, as they end the other way round: the lock is given back last.
    detail::Descriptor lock_;
    detail::Descriptor file_;
    std::uint32_t entries_max_ = 0;
    std::uint64_t table_end_ = 0;
    std::shared_ptr<detail::Participant> participant_;
    std::unique_ptr<detail::Mapping> mapping_;
};

namespace detail {

// What the elements of a structure were when this file was made: fingerprints, empty where there are none.
struct Elements {
    const char* fingerprint = "";
    const char* key_fingerprint = "";
};

// What all structures have: their block in a segment, which was found to be of the kind and elements that this file was made for.
class Structure {
public:
    const std::string& name() const { return name_; }
    const std::shared_ptr<Segment>& segment() const { return segment_; }

protected:
    // row: what the table calls the block, where it is not the name.
    Structure(std::shared_ptr<Segment> segment, std::string name, const std::string& kind, const std::string& row,
            const Elements& elements)
        : segment_(std::move(segment)), name_(std::move(name)), block_(require(row)) {
        if (const auto declared = segment_->declared(name_, block_.offset)) {
            if (!declared->kind.empty() && declared->kind != kind) {
                throw StructureMismatch("structure is of another kind: " + describe() + ", kind=" + declared->kind
                        + " (expected: " + kind + ", as when this file was made; run zeroipc export again)");
            }
            compare("key", declared->key_fingerprint, elements.key_fingerprint);
            compare("element", declared->fingerprint, elements.fingerprint);
            overwrites_ = declared->overwrites;
        }
    }

    // For messages.
    std::string describe() const { return "segment=" + segment_->path() + ", name=" + name_; }

    const Segment::Block& block() const { return block_; }

    bool overwrites() const { return overwrites_; }

    Segment::Block require(const std::string& row) const {
        if (const auto found = segment_->find(row)) {
            return *found;
        }
        std::string present;
        for (const std::string& each : segment_->names()) {
            present += (present.empty() ? "" : ", ") + each;
        }
        throw StructureNotFound("structure not found: " + describe() + (row == name_ ? "" : ", entry=" + row)
                + " (present: " + (present.empty() ? "no structures" : present) + ")");
    }

    // Looks again, for a second at most, at a block that its creator shows before it is formatted.
    template <class Condition> void await_ready(const Condition& is_ready) const {
        const auto end = after(std::chrono::seconds(1));
        while (!is_ready()) {
            if (Clock::now() >= end) {
                throw Error("structure is not finished: " + describe() + " (its creator has died, or it is another kind)");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    // what: what the bytes are to be like.
    void require_bytes(bool are_right, const std::string& what) const {
        if (!are_right) {
            throw StructureMismatch("structure has other bytes: " + describe() + ", bytes=" + std::to_string(block_.size)
                    + " (expected: " + what + "; where it was made anew, run zeroipc export again)");
        }
    }

    const std::shared_ptr<Segment> segment_;

private:
    void compare(const char* what, const std::string& found, const std::string& expected) const {
        if (!found.empty() && !expected.empty() && found != expected) {
            throw StructureMismatch("structure has another " + std::string(what) + " type: " + describe() + ", fingerprint="
                    + found + " (expected: " + expected + ", as when this file was made; run zeroipc export again)");
        }
    }

    const std::string name_;
    const Segment::Block block_;
    bool overwrites_ = false;
};

// The part of a writer, or reader, of which there is one in all processes. The kernel gives it back when the process dies.
class Role {
public:
    Role(const Segment& segment, std::uint64_t block, unsigned role, const std::string& what, const std::string& structure)
        : descriptor_(segment.open_again()) {
        if (!set_lock_patiently(descriptor_.number(), lock_of_role(block, role), std::chrono::milliseconds(20))) {
            throw RoleTaken("role is taken: " + structure + ", role=" + what + " (somebody else has it, of this process or another; "
                    "it is free when that is closed or ends)");
        }
    }

private:
    Descriptor descriptor_;
};

} // namespace detail
} // namespace zipc

#endif
