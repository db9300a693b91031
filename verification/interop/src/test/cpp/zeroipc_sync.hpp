// What processes wait for each other with, each written from its page in docs/format. Where a page says that C++ does
// something in another way than Java, this is the way of C++. Waits have no time limit.
#pragma once

#include <string>
#include <vector>

#include "zeroipc_segment.hpp"

namespace peer {

inline bool exchange(uint32_t* word, uint32_t from, uint32_t to) {
    return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

inline void add(uint32_t* word, uint32_t n) { __atomic_add_fetch(word, n, __ATOMIC_ACQ_REL); }
inline void subtract(uint32_t* word, uint32_t n) { __atomic_sub_fetch(word, n, __ATOMIC_ACQ_REL); }

template <class F> void wait_until(F f) {
    while (!f()) {
        pause();
    }
}

inline Block sized(const Block& block, uint64_t size) {
    if (block.size != size) {
        fail("not a structure of this kind");
    }
    return block;
}

// counter.md ----------------------------------------------------------------------------------------------------------------

class Counter {
  public:
    static Part part(const std::string& name) {
        return {name, 8, [](const Block&) {}};
    }

    explicit Counter(const Block& block) : value_(sized(block, 8).at<std::int64_t>(0)) {}

    std::int64_t add(std::int64_t n) { return __atomic_add_fetch(value_, n, __ATOMIC_ACQ_REL); }

  private:
    std::int64_t* value_;
};

// semaphore.md --------------------------------------------------------------------------------------------------------------

class Semaphore {
  public:
    static Part part(const std::string& name, uint32_t permits, uint32_t limit) {
        return {name, 16, [=](const Block& block) {
                    *block.at<uint32_t>(0) = permits;
                    *block.at<uint32_t>(8) = limit;
                }};
    }

    explicit Semaphore(const Block& block)
        : count_(sized(block, 16).at<uint32_t>(0)), waiting_(block.at<uint32_t>(4)), limit_(*block.at<uint32_t>(8)) {}

    uint32_t permits() const { return load_acquire(count_); }

    bool try_acquire() {
        const uint32_t count = load(count_);
        return count > 0 && exchange(count_, count, count - 1);
    }

    // Counts itself, whether it has to wait or not.
    void acquire() {
        add(waiting_, 1);
        wait_until([&] { return try_acquire(); });
        subtract(waiting_, 1);
    }

    void release() {
        uint32_t count;
        do {
            count = load(count_);
            if (limit_ > 0 && count >= limit_) {
                fail("too many permits");
            }
        } while (!exchange(count_, count, count + 1));
    }

  private:
    uint32_t* count_;
    uint32_t* waiting_;
    uint32_t limit_;
};

// mutex.md ------------------------------------------------------------------------------------------------------------------

class Mutex {
  public:
    static Part part(const std::string& name) { return Semaphore::part(name, 1, 1); }

    explicit Mutex(const Block& block) : permit_(block) {}

    void lock() { permit_.acquire(); }
    bool try_lock() { return permit_.try_acquire(); }
    void unlock() { permit_.release(); }

  private:
    Semaphore permit_;
};

// latch.md ------------------------------------------------------------------------------------------------------------------

class Latch {
  public:
    static Part part(const std::string& name, uint32_t count) {
        return {name, 16, [=](const Block& block) { *block.at<uint32_t>(0) = *block.at<uint32_t>(4) = count; }};
    }

    explicit Latch(const Block& block) : count_(sized(block, 16).at<uint32_t>(0)) {}

    void count_down(uint32_t n) {
        uint32_t count;
        do {
            count = load(count_);
        } while (count > 0 && !exchange(count_, count, count > n ? count - n : 0));
    }

    void wait() {
        wait_until([&] { return load_acquire(count_) == 0; });
    }

  private:
    uint32_t* count_;
};

// once.md -------------------------------------------------------------------------------------------------------------------

class Once {
  public:
    static Part part(const std::string& name) {
        return {name, 4, [](const Block&) {}};
    }

    explicit Once(const Block& block) : state_(sized(block, 4).at<uint32_t>(0)) {}

    // True when it ran the task, which may throw: the state is 2 then, too.
    template <class F> bool run(F task) {
        if (load_acquire(state_) == 0 && exchange(state_, 0, 1)) {
            try {
                task();
            } catch (...) {
                store_release(state_, 2u);
                throw;
            }
            store_release(state_, 2u);
            return true;
        }
        wait_until([&] { return load_acquire(state_) != 1; });
        return false;
    }

  private:
    uint32_t* state_;
};

// event.md ------------------------------------------------------------------------------------------------------------------

class Event {
  public:
    static std::vector<Part> parts(const std::string& name, bool manual) {
        return {{name, 12, [=](const Block& block) { *block.at<uint32_t>(4) = manual ? 1 : 0; }},
                Semaphore::part(name + "_sem", 0, 0)};
    }

    Event(const Segment& segment, const std::string& name)
        : signaled_(sized(segment.require(name), 12).at<uint32_t>(0)), manual_(*segment.require(name).at<uint32_t>(4) == 1),
          waiting_(segment.require(name).at<uint32_t>(8)), permits_(segment.require(name + "_sem")) {}

    void signal() {
        store_release(signaled_, 1u);
        if (!manual_) {
            permits_.release();
        }
    }

    void reset() { store_release(signaled_, 0u); }

    void wait() {
        if (manual_) {
            add(waiting_, 1);
            wait_until([&] { return load_acquire(signaled_) == 1; });
            subtract(waiting_, 1);
        } else {
            permits_.acquire();
            store_release(signaled_, 0u);
        }
    }

  private:
    uint32_t* signaled_;
    bool manual_;
    uint32_t* waiting_;
    Semaphore permits_;
};

// barrier.md: "In other languages" ------------------------------------------------------------------------------------------

class Barrier {
  public:
    static Part part(const std::string& name, uint32_t participants) {
        return {name, 16, [=](const Block& block) { *block.at<uint32_t>(8) = participants; }};
    }

    explicit Barrier(const Block& block)
        : arrived_(sized(block, 16).at<uint32_t>(0)), generation_(block.at<uint32_t>(4)),
          participants_(*block.at<uint32_t>(8)) {}

    void wait() {
        const uint32_t generation = load_acquire(generation_);
        if (__atomic_add_fetch(arrived_, 1, __ATOMIC_ACQ_REL) == participants_) {
            store_release(arrived_, 0u);
            add(generation_, 1);
        } else {
            wait_until([&] { return load_acquire(generation_) != generation; });
        }
    }

  private:
    uint32_t* arrived_;
    uint32_t* generation_;
    uint32_t participants_;
};

// rwlock.md -----------------------------------------------------------------------------------------------------------------

class RwLock {
  public:
    static std::vector<Part> parts(const std::string& name) {
        return {{name + "_state", 8, [](const Block&) {}},
                Mutex::part(name + "_rmtx"),
                Mutex::part(name + "_wmtx"),
                {name, 1, [](const Block&) {}}};
    }

    RwLock(const Segment& segment, const std::string& name)
        : readers_(sized(segment.require(name + "_state"), 8).at<uint32_t>(0)),
          writer_active_(segment.require(name + "_state").at<uint32_t>(4)), reader_mutex_(segment.require(name + "_rmtx")),
          writer_mutex_(segment.require(name + "_wmtx")) {}

    void lock_read() {
        reader_mutex_.lock();
        while (load_acquire(writer_active_) == 1) {
            reader_mutex_.unlock();
            pause();
            reader_mutex_.lock();
        }
        add(readers_, 1);
        reader_mutex_.unlock();
    }

    void unlock_read() { subtract(readers_, 1); }

    void lock_write() {
        writer_mutex_.lock();
        reader_mutex_.lock();
        store_release(writer_active_, 1u);
        reader_mutex_.unlock();
        wait_until([&] { return load_acquire(readers_) == 0; });
    }

    void unlock_write() {
        store_release(writer_active_, 0u);
        writer_mutex_.unlock();
    }

  private:
    uint32_t* readers_;
    uint32_t* writer_active_;
    Mutex reader_mutex_;
    Mutex writer_mutex_;
};

// monitor.md ----------------------------------------------------------------------------------------------------------------

class Monitor {
  public:
    static std::vector<Part> parts(const std::string& name) {
        return {Mutex::part(name + "_mtx"),
                Semaphore::part(name + "_cond", 0, 0),
                {name + "_count", 4, [](const Block&) {}},
                {name, 1, [](const Block&) {}}};
    }

    Monitor(const Segment& segment, const std::string& name)
        : mutex_(segment.require(name + "_mtx")), condition_(segment.require(name + "_cond")),
          waiting_(sized(segment.require(name + "_count"), 4).at<uint32_t>(0)) {}

    void lock() { mutex_.lock(); }
    void unlock() { mutex_.unlock(); }

    // With the lock held.
    void wait() {
        add(waiting_, 1);
        mutex_.unlock();
        condition_.acquire();
        mutex_.lock();
        subtract(waiting_, 1);
    }

    void signal_all() {
        for (uint32_t n = load_acquire(waiting_); n > 0; --n) {
            condition_.release();
        }
    }

  private:
    Mutex mutex_;
    Semaphore condition_;
    uint32_t* waiting_;
};

} // namespace peer
