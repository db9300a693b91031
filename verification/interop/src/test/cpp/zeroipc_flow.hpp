// Signals, futures, lazy values and streams, each written from its page in docs/format.
#pragma once

#include <string>
#include <vector>

#include "zeroipc_structures.hpp"
#include "zeroipc_sync.hpp"

namespace peer {

// signal.md -----------------------------------------------------------------------------------------------------------------

template <class T> class Signal {
  public:
    // Records for the state what C++ programs record.
    static std::vector<Part> parts(const std::string& name, T first) {
        return {{name + "_state", up(8 + sizeof(T), 8),
                 [=](const Block& block) { std::memcpy(block.base + 8, &first, sizeof(T)); }},
                Mutex::part(name + "_mtx"),
                {name, 1, [](const Block&) {}}};
    }

    Signal(const Block& state, const Block& mutex) : version_(state.at<uint64_t>(0)), value_(state.base + 8), mutex_(mutex) {
        if (state.size != 8 + sizeof(T) && state.size != up(8 + sizeof(T), 8)) {
            fail("not a signal of such a value");
        }
    }

    uint64_t version() const { return load_acquire(version_); }

    // Value and version as a pair.
    uint64_t get(T& value) {
        mutex_.lock();
        std::memcpy(&value, value_, sizeof(T));
        const uint64_t version = load(version_);
        mutex_.unlock();
        return version;
    }

    template <class F> void update(F f) {
        mutex_.lock();
        T value;
        std::memcpy(&value, value_, sizeof(T));
        value = f(value);
        std::memcpy(value_, &value, sizeof(T));
        __atomic_add_fetch(version_, 1, __ATOMIC_RELEASE);
        mutex_.unlock();
    }

  private:
    uint64_t* version_;
    unsigned char* value_;
    Mutex mutex_;
};

// future.md -----------------------------------------------------------------------------------------------------------------

template <class T> class Future {
  public:
    static constexpr uint32_t PENDING = 0, COMPUTING = 1, READY = 2, ERROR = 3;

    static Part part(const std::string& name) {
        return {name, up(272 + sizeof(T), 8), [](const Block&) {}};
    }

    explicit Future(const Block& block) : block_(block), state_(block.at<uint32_t>(0)) {
        if (block.size != 272 + sizeof(T) && block.size != up(272 + sizeof(T), 8)) {
            fail("not a future of such a value");
        }
    }

    bool claim() { return compare_and_set(state_, PENDING, COMPUTING); }

    bool complete(const T& value) {
        if (!claim()) {
            return false;
        }
        std::memcpy(block_.base + 16, &value, sizeof(T));
        store(block_.at<uint64_t>(8), uint64_t{1});
        store_release(state_, READY);
        return true;
    }

    // As C++ programs do it: the error first, and its text after that.
    bool fail_with(const std::string& text) {
        if (!compare_and_set(state_, PENDING, ERROR)) {
            return false;
        }
        std::strncpy(reinterpret_cast<char*>(block_.base + 16 + sizeof(T)), text.c_str(), 255);
        store(block_.at<uint64_t>(8), uint64_t{1});
        return true;
    }

    T get() {
        __atomic_add_fetch(block_.at<uint32_t>(4), 1, __ATOMIC_RELAXED);
        uint32_t state = load_acquire(state_);
        while (state != READY && state != ERROR) {
            pause();
            state = load_acquire(state_);
        }
        __atomic_sub_fetch(block_.at<uint32_t>(4), 1, __ATOMIC_RELAXED);
        if (state == ERROR) {
            fail(reinterpret_cast<const char*>(block_.base + 16 + sizeof(T)));
        }
        T value;
        std::memcpy(&value, block_.base + 16, sizeof(T));
        return value;
    }

  private:
    Block block_;
    uint32_t* state_;
};

// lazy.md: of a double ------------------------------------------------------------------------------------------------------

class Lazy {
  public:
    static constexpr uint32_t ADD = 1, MULTIPLY = 2, EXTERNAL = 5;

    static Part part(const std::string& name, uint32_t type, double a, double b) {
        return {name, 304, [=](const Block& block) {
                    *block.at<uint32_t>(8) = type;
                    *block.at<double>(16) = a;
                    *block.at<double>(24) = b;
                }};
    }

    explicit Lazy(const Block& block) : block_(block), state_(block.at<uint32_t>(0)) {
        if (block.size != 304) {
            fail("not a lazy double");
        }
    }

    double force() {
        if (compare_and_set(state_, 0u, 1u)) {
            const double a = *block_.at<double>(16);
            const double b = *block_.at<double>(24);
            const uint32_t type = *block_.at<uint32_t>(8);
            if (type != ADD && type != MULTIPLY) {
                std::strncpy(reinterpret_cast<char*>(block_.base + 40), "not for C++", 255);
                store_release(state_, 3u);
                fail("not for C++");
            }
            *block_.at<double>(32) = type == ADD ? a + b : a * b;
            store_release(state_, 2u);
            __atomic_add_fetch(block_.at<uint32_t>(296), 1, __ATOMIC_RELAXED);
        }
        uint32_t state = load_acquire(state_);
        while (state != 2 && state != 3) {
            pause();
            state = load_acquire(state_);
        }
        if (state == 3) {
            fail(reinterpret_cast<const char*>(block_.base + 40));
        }
        return *block_.at<double>(32);
    }

    uint32_t count() const { return load(block_.at<uint32_t>(296)); }

  private:
    Block block_;
    uint32_t* state_;
};

// stream.md -----------------------------------------------------------------------------------------------------------------

enum class Mode : uint8_t { COMPETING = 0, BROADCAST = 1 };

template <class T> class Stream {
  public:
    static std::vector<Part> parts(const std::string& name, uint64_t elements, Mode mode) {
        return {{name + "_header", 56,
                 [=](const Block& block) {
                     *block.at<Mode>(13) = mode;
                     *block.at<uint32_t>(16) = static_cast<uint32_t>(elements);
                 }},
                Ring<T>::part(name + "_buffer", elements)};
    }

    Stream(const Segment& segment, const std::string& name)
        : header_(sized(segment.require(name + "_header"), 56)), ring_(segment.require(name + "_buffer")),
          mode_(*header_.at<Mode>(13)) {
        if (*header_.at<uint32_t>(16) != ring_.capacity() || mode_ > Mode::BROADCAST) {
            fail("not a stream of such elements");
        }
    }

    // A stream that broadcasts is never full.
    bool emit(const T& element) {
        if (is_closed()) {
            return false;
        }
        if (mode_ == Mode::BROADCAST) {
            ring_.overwrite(element);
        } else if (!ring_.offer(element)) {
            return false;
        }
        __atomic_add_fetch(header_.at<uint64_t>(0), 1, __ATOMIC_ACQ_REL);
        return true;
    }

    // "Reading, competing".
    bool next(T& element) {
        require(Mode::COMPETING);
        return ring_.poll(element);
    }

    bool is_closed() const { return load_acquire(header_.at<uint8_t>(12)) != 0; }
    void close() { store_release(header_.at<uint8_t>(12), uint8_t{1}); }

    // "Reading, broadcast": begins with the oldest element that is left.
    class Subscriber {
      public:
        Subscriber(const Segment& segment, const std::string& name) : stream_(segment, name), cursor_(stream_.ring_) {
            stream_.require(Mode::BROADCAST);
            add(subscribers(), 1);
        }
        Subscriber(const Subscriber&) = delete;
        ~Subscriber() { subtract(subscribers(), 1); }

        bool poll(T& element) { return cursor_.poll(element); }

        // Waits; false at the end.
        bool take(T& element) {
            while (true) {
                const bool closed = stream_.is_closed();
                if (poll(element)) {
                    return true;
                }
                if (closed) {
                    return false;
                }
                pause();
            }
        }

        uint64_t lost() const { return cursor_.lost(); }

      private:
        Stream stream_;
        typename Ring<T>::Cursor cursor_;

        uint32_t* subscribers() const { return stream_.header_.template at<uint32_t>(8); }
    };

  private:
    Block header_;
    Ring<T> ring_;
    Mode mode_;

    void require(Mode mode) const {
        if (mode_ != mode) {
            fail(mode_ == Mode::BROADCAST ? "stream broadcasts" : "readers of the stream compete");
        }
    }
};

// eventstream.md ------------------------------------------------------------------------------------------------------------

class EventStream {
  public:
    static Part part(const std::string& name) {
        return {name, 16, [](const Block&) {}};
    }

    explicit EventStream(const Block& block) : count_(sized(block, 16).at<uint64_t>(0)), closed_(block.at<uint8_t>(8)) {}

    bool emit() {
        if (load_acquire(closed_) != 0) {
            return false;
        }
        __atomic_add_fetch(count_, 1, __ATOMIC_ACQ_REL);
        return true;
    }

    uint64_t count() const { return load_acquire(count_); }
    void close() { store_release(closed_, uint8_t{1}); }

  private:
    uint64_t* count_;
    uint8_t* closed_;
};

} // namespace peer
