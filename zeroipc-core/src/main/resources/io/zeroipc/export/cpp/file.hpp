#ifndef ZIPC_FILE_HPP
#define ZIPC_FILE_HPP

#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zipc {

// Whose segments are opened.
enum class Owner {
    same_or_root,  // those of the user of this process, and of root; not those that everybody may write
    any,
};

namespace detail {

// An open file.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

// Which file it is, whatever its name.
struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    bool operator==(const Identity& other) const { return device == other.device && inode == other.inode; }

    // As catalogues say it.
    std::string text() const { return "device=" + std::to_string(device) + ", inode=" + std::to_string(inode); }
};

inline Identity identity_of(const struct stat& facts) {
    return Identity{static_cast<std::uint64_t>(facts.st_dev), static_cast<std::uint64_t>(facts.st_ino)};
}

// The file at a path, as it was when it was opened.
struct OpenedFile {
    std::string path;
    Identity identity = {};
    std::uint64_t size = 0;

    // Throws when another one is there, or none: what others do from now on happens where this process does not see it.
    void verify() const {
        struct stat now = {};
        const bool exists = ::lstat(path.c_str(), &now) == 0;
        if (!exists && errno != ENOENT) {
            throw Error("segment cannot be examined: path=" + path + ", reason=" + reason(errno));
        }
        if (!exists || !(identity_of(now) == identity) || static_cast<std::uint64_t>(now.st_size) < size) {
            throw Error(std::string("segment was ") + (!exists ? "removed" : identity_of(now) == identity ? "truncated" : "replaced")
                    + ": path=" + path + " (open it again)");
        }
    }
};

// Why a file is not to be trusted; empty when it is.
inline std::string distrust(const struct stat& facts, Owner owner) {
    if (!S_ISREG(facts.st_mode)) {
        return "it is no regular file";
    }
    if (owner == Owner::same_or_root && facts.st_uid != ::geteuid()) {
        if (facts.st_uid != 0) {
            return "it belongs to user id " + std::to_string(facts.st_uid) + " (expected: " + std::to_string(::geteuid())
                    + " or root, or zipc::Owner::any)";
        }
        if ((facts.st_mode & S_IWOTH) != 0) {
            return "everybody may write it";
        }
    }
    return {};
}

// Locks of one byte, far beyond the file's content, which the kernel gives back when their owner dies. The owner is what open()
// has returned: each lock has a descriptor of its own, so that two of one process exclude each other as well.
constexpr std::uint64_t lock_base = std::uint64_t{1} << 62;
constexpr int users_max = 1024;

constexpr std::uint64_t lock_of_user(int index) {
    return lock_base + static_cast<std::uint64_t>(index);
}

constexpr std::uint64_t lock_of_recovery() {
    return lock_base + (std::uint64_t{1} << 20);
}

constexpr std::uint64_t lock_of_role(std::uint64_t block, unsigned role) {
    return lock_base + (std::uint64_t{1} << 56) + block + role;
}

// False when somebody else has it.
inline bool set_lock(int descriptor, std::uint64_t position, short type) {
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(position);
    lock.l_len = 1;
    if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) {
        return true;
    }
    if (errno == EAGAIN || errno == EACCES) {
        return false;
    }
    throw Error("lock cannot be taken: position=" + std::to_string(position) + ", reason=" + reason(errno));
}

// Looks several times: somebody who only wants to know whether a byte is taken may have it for a moment.
inline bool set_lock_patiently(int descriptor, std::uint64_t position, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!set_lock(descriptor, position, F_WRLCK)) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

} // namespace detail
} // namespace zipc

#endif
