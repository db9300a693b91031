#ifndef ZIPC_BASE_HPP
#define ZIPC_BASE_HPP

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <type_traits>

#if !defined(__linux__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || __SIZEOF_POINTER__ != 8
#error "segments are used by 64-bit little-endian Linux programs only"
#endif

// Stands between the steps of an operation, for tests that end a program just there: define it before this file is included.
#ifndef ZIPC_STOP
#define ZIPC_STOP(step) static_cast<void>(0)
#endif

namespace zipc {

// What all operations throw when they cannot do what they were asked for; the message names segment and structure.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// There is no segment at that path.
class SegmentNotFound : public Error {
public:
    using Error::Error;
};

// The segment has no structure of that name.
class StructureNotFound : public Error {
public:
    using Error::Error;
};

// What is there is another kind of structure, or has other elements, than this file was made for.
class StructureMismatch : public Error {
public:
    using Error::Error;
};

// Somebody else is the writer, or the reader.
class RoleTaken : public Error {
public:
    using Error::Error;
};

// Nothing is sent through this channel any more.
class ChannelClosed : public Error {
public:
    using Error::Error;
};

// Somebody has begun to change what was asked for, and has not finished.
class StructureBusy : public Error {
public:
    using Error::Error;
};

namespace detail {

// The builtins of the compiler instead of std::atomic: the words belong to a mapping, where no such object was ever made.
template <class Word> Word load_relaxed(const void* at) {
    return __atomic_load_n(static_cast<const Word*>(at), __ATOMIC_RELAXED);
}

template <class Word> Word load_acquire(const void* at) {
    return __atomic_load_n(static_cast<const Word*>(at), __ATOMIC_ACQUIRE);
}

template <class Word> void store_relaxed(void* at, Word value) {
    __atomic_store_n(static_cast<Word*>(at), value, __ATOMIC_RELAXED);
}

template <class Word> void store_release(void* at, Word value) {
    __atomic_store_n(static_cast<Word*>(at), value, __ATOMIC_RELEASE);
}

// Puts into expected what was there when that was something else.
template <class Word> bool compare_and_set(void* at, Word& expected, Word value) {
    return __atomic_compare_exchange_n(static_cast<Word*>(at), &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
}

inline void spin_hint() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#endif
}

inline std::string reason(int error) {
    return std::strerror(error);
}

inline std::uint64_t round_up(std::uint64_t value, std::uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// Elements are copied as bytes, also while somebody else writes them: each structure finds out afterwards, or owns them.
template <class T> constexpr void require_element() {
    static_assert(std::is_trivially_copyable_v<T>, "an element is its bytes");
    static_assert(alignof(T) <= 8, "elements are aligned to 8 bytes at most");
}

struct Gap {
    std::size_t from;
    std::size_t length;
};

// Where a T has bytes that belong to no field. Said of each type that has some.
template <class T> struct Gaps {
    static constexpr std::array<Gap, 0> of{};
};

// The bytes of an element, with zeroes between the fields, as Java has them: what is compared by its bytes is equal then, and nothing
// of this program's memory gets into the segment. Not as a T, for what is between the fields of one need not be copied with it.
template <class T> class ElementBytes {
public:
    explicit ElementBytes(const T& element) {
        std::memcpy(bytes_, &element, sizeof(T));
        for (const Gap& gap : Gaps<T>::of) {
            std::memset(bytes_ + gap.from, 0, gap.length);
        }
    }

    const unsigned char* data() const { return bytes_; }

    T element() const {
        T element;
        std::memcpy(&element, bytes_, sizeof(T));
        return element;
    }

private:
    alignas(T) unsigned char bytes_[sizeof(T)];
};

template <class T> void write_element(void* to, const T& element) {
    if constexpr (Gaps<T>::of.empty()) {
        std::memcpy(to, &element, sizeof(T));
    } else {
        std::memcpy(to, ElementBytes<T>(element).data(), sizeof(T));
    }
}

} // namespace detail
} // namespace zipc

#endif
