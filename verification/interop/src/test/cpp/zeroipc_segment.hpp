// ZeroIPC segments as a program in C++ uses them. Written from docs/format, page by page, and from nothing else: where a
// page would not have been enough to write this, the page was at fault. The tests run it beside Java on the same bytes.
//
// C++17, Linux. Nothing here is meant to be fast or complete.
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace peer {

using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

inline uint64_t up(uint64_t n, uint64_t a) { return (n + a - 1) / a * a; }

[[noreturn]] inline void fail(const std::string& what) { throw std::runtime_error(what); }

// std::atomic_ref of C++20, as far as it is needed.
template <class W> W load(const W* word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
template <class W> W load_acquire(const W* word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
template <class W> void store(W* word, W value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
template <class W> void store_release(W* word, W value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
template <class W> bool compare_and_set(W* word, W expected, W value) {
    return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

inline void pause() { sched_yield(); }

// segment.md ------------------------------------------------------------------------------------------------------------

struct Header {
    uint32_t magic;
    uint32_t version;
    uint32_t entry_count;
    uint32_t max_entries;
    uint64_t memory_size;
    uint64_t next_offset;
};
static_assert(sizeof(Header) == 32);

struct Entry {
    char name[32];
    uint64_t offset;
    uint64_t size;
};
static_assert(sizeof(Entry) == 48);

struct Block {
    unsigned char* base;
    uint64_t size;
    uint64_t offset;

    template <class W> W* at(uint64_t position) const { return reinterpret_cast<W*>(base + position); }
};

// What a structure adds to the table. `reserved` bytes are set aside, `size` are recorded.
struct Part {
    std::string name;
    uint64_t size;
    std::function<void(const Block&)> format;
    uint64_t reserved = 0;
};

class Segment {
  public:
    static constexpr uint32_t MAGIC = 0x5A49504D;
    static constexpr uint64_t TABLE_LOCK = (uint64_t{1} << 62) + (uint64_t{1} << 20) + 1;

    // As programs in C++ do: an existing segment of this name is unlinked first.
    Segment(const std::string& name, uint64_t size, uint32_t max_entries) {
        shm_unlink(name.c_str());
        map(name, O_RDWR | O_CREAT | O_EXCL, size);
        auto* header = reinterpret_cast<Header*>(base_);
        header->version = 2;
        header->entry_count = 0;
        header->max_entries = max_entries;
        header->memory_size = size;
        header->next_offset = sizeof(Header) + sizeof(Entry) * (max_entries == 0 ? 64 : max_entries);
        store_release(&header->magic, MAGIC);
    }

    explicit Segment(const std::string& name) {
        map(name, O_RDWR, 0);
        if (load_acquire(&header()->magic) != MAGIC) {
            fail("wrong magic");
        }
        if (header()->version != 2) {
            fail("unsupported version");
        }
        if (header()->memory_size > file_size_ || header()->entry_count > max_entries()) {
            fail("impossible header");
        }
    }

    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    ~Segment() {
        munmap(base_, file_size_);
        ::close(file_);
    }

    Header* header() const { return reinterpret_cast<Header*>(base_); }
    Entry* entries() const { return reinterpret_cast<Entry*>(base_ + sizeof(Header)); }
    uint32_t max_entries() const { return header()->max_entries == 0 ? 64 : header()->max_entries; }
    uint32_t entry_count() const { return load_acquire(&header()->entry_count); }
    unsigned char* base() const { return base_; }

    static std::string name_of(const Entry& entry) { return std::string(entry.name, strnlen(entry.name, 32)); }

    bool contains(const std::string& name) const { return find(name) != nullptr; }

    Block require(const std::string& name) const {
        const Entry* entry = find(name);
        if (entry == nullptr) {
            fail("no entry called " + name);
        }
        const uint64_t table_end = sizeof(Header) + sizeof(Entry) * max_entries();
        const uint64_t end = header()->memory_size;
        if (entry->offset % 8 != 0 || entry->offset < table_end || entry->offset > end ||
            entry->size > end - entry->offset) {
            fail("block of " + name + " is not inside the segment");
        }
        return Block{base_ + entry->offset, entry->size, entry->offset};
    }

    // "Adding a structure", with the table lock.
    void add(const std::vector<Part>& parts) {
        lock(TABLE_LOCK, true);
        try {
            add_locked(parts);
        } catch (...) {
            unlock(TABLE_LOCK);
            throw;
        }
        unlock(TABLE_LOCK);
    }

    // The order that "Adding a structure" describes for other languages: the row is counted, and nothing is in it.
    void reserve_row(uint64_t size) {
        Header* table = header();
        pending_offset_ = up(table->next_offset, 8);
        pending_size_ = size;
        table->next_offset = pending_offset_ + size;
        store_release(&table->entry_count, table->entry_count + 1);
    }

    // ... then the row is filled; the block is not formatted yet.
    void fill_row(const std::string& name) {
        Entry& entry = entries()[header()->entry_count - 1];
        entry.offset = pending_offset_;
        entry.size = pending_size_;
        std::atomic_thread_fence(std::memory_order_release);
        std::memcpy(entry.name, name.data(), name.size());
    }

    // One byte of the file, for this process alone until it unlocks or ends.
    bool lock(uint64_t position, bool wait) {
        struct flock range = byte_at(position, F_WRLCK);
        while (fcntl(file_, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range) != 0) {
            if (errno == EAGAIN || errno == EACCES) {
                return false;
            }
            if (errno != EINTR) {
                fail("cannot lock");
            }
        }
        return true;
    }

    void unlock(uint64_t position) {
        struct flock range = byte_at(position, F_UNLCK);
        if (fcntl(file_, F_OFD_SETLK, &range) != 0) {
            fail("cannot unlock");
        }
    }

  private:
    int file_ = -1;
    uint64_t file_size_ = 0;
    unsigned char* base_ = nullptr;
    uint64_t pending_offset_ = 0;
    uint64_t pending_size_ = 0;

    static struct flock byte_at(uint64_t position, short type) {
        struct flock range {};
        range.l_type = type;
        range.l_whence = SEEK_SET;
        range.l_start = static_cast<off_t>(position);
        range.l_len = 1;
        return range;
    }

    void map(const std::string& name, int flags, uint64_t size) {
        file_ = shm_open(name.c_str(), flags, 0600);
        if (file_ < 0) {
            fail("cannot open " + name + ": " + std::strerror(errno));
        }
        if (size > 0 && ftruncate(file_, static_cast<off_t>(size)) != 0) {
            fail("cannot size " + name);
        }
        struct stat facts {};
        fstat(file_, &facts);
        file_size_ = static_cast<uint64_t>(facts.st_size);
        if (file_size_ < sizeof(Header)) {
            fail("file is too short");
        }
        void* mapped = mmap(nullptr, file_size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
        if (mapped == MAP_FAILED) {
            fail("cannot map " + name);
        }
        base_ = static_cast<unsigned char*>(mapped);
    }

    const Entry* find(const std::string& name) const {
        const uint32_t count = entry_count();
        for (uint32_t i = 0; i < count; ++i) {
            if (name_of(entries()[i]) == name) {
                return entries() + i;
            }
        }
        return nullptr;
    }

    void add_locked(const std::vector<Part>& parts) {
        Header* table = header();
        uint64_t end = table->next_offset;
        for (const Part& part : parts) {
            if (part.name.size() > 31 || contains(part.name)) {
                fail("name is too long or taken: " + part.name);
            }
            end = up(end, 8) + std::max(part.size, part.reserved);
        }
        if (end > table->memory_size || table->entry_count + parts.size() > max_entries()) {
            fail("segment is full");
        }
        uint64_t offset = table->next_offset;
        uint32_t row = table->entry_count;
        table->next_offset = end;
        for (const Part& part : parts) {
            offset = up(offset, 8);
            const uint64_t reserved = std::max(part.size, part.reserved);
            std::memset(base_ + offset, 0, reserved);
            part.format(Block{base_ + offset, part.size, offset});
            Entry& entry = entries()[row++];
            std::memset(&entry, 0, sizeof entry);
            std::memcpy(entry.name, part.name.data(), part.name.size());
            entry.offset = offset;
            entry.size = part.size;
            offset += reserved;
        }
        store_release(&table->entry_count, row);
    }
};

} // namespace peer
