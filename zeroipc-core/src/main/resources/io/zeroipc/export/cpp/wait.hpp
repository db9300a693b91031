#ifndef ZIPC_WAIT_HPP
#define ZIPC_WAIT_HPP

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <ctime>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace zipc {
namespace detail {

using Clock = std::chrono::steady_clock;

constexpr Clock::time_point forever = Clock::time_point::max();

inline Clock::time_point after(std::chrono::nanoseconds time) {
    const auto now = Clock::now();
    return time >= forever - now ? forever : now + time;
}

// Whether others make our threads pass a fence when they are about to sleep. Then we need none between our stores and the look
// whether somebody sleeps, which saves each element some nanoseconds.
inline bool is_fenced_by_others() {
    constexpr int register_global_expedited = 1 << 2;
    static const bool registered = ::syscall(SYS_membarrier, register_global_expedited, 0, 0) == 0;
    return registered;
}

// Where threads sleep until something arrives in a structure, or leaves it: a word beside the segment, on which the kernel keeps
// the sleepers. Its lowest bit says that somebody sleeps, the rest is a number that grows when they are woken.
class EventCount {
public:
    // word: null where there is no such word: then nobody can be woken; file: that of the segment, whose object outlives this one
    EventCount(std::uint32_t* word, const OpenedFile& file) : word_(word), file_(&file), fenced_(word != nullptr && is_fenced_by_others()) {}

    // Wakes who waits. To be called behind the store that he waits for.
    void advance() const {
        if (word_ == nullptr) {
            return;
        }
        // The store above comes before the look below: pairs with the bit that is set before the last attempt, in wait().
        if (fenced_) {
            std::atomic_signal_fence(std::memory_order_seq_cst);
        } else {
            std::atomic_thread_fence(std::memory_order_seq_cst);
        }
        if ((load_acquire<std::uint32_t>(word_) & 1) != 0) {
            wake();
        }
    }

    // Attempts until one returns what is true, or the time is over; what the last one returned. Sleeps for a millisecond at most:
    // there may be programs that wake nobody. Throws when the segment's file is no more at its path: nothing would ever come.
    template <class Attempt> auto wait(Clock::time_point end, Attempt attempt) const {
        constexpr int spins = 100;
        constexpr int sleeps = 32;
        auto result = attempt();
        for (std::int64_t looks = 0; !result && Clock::now() < end; ++looks) {
            if (looks < spins) {
                spin_hint();
                result = attempt();
                continue;
            }
            const std::uint32_t seen = announce_sleep();
            result = attempt();
            if (!result) {
                if (looks % sleeps == 0) {
                    file_->verify();
                }
                sleep(seen, std::min<Clock::duration>(std::chrono::milliseconds(1), end - Clock::now()));
                result = attempt();
            }
        }
        return result;
    }

private:
    void wake() const {
        std::uint32_t seen = load_acquire<std::uint32_t>(word_);
        while (!compare_and_set(word_, seen, (seen | 1) + 1)) {
        }
        ::syscall(SYS_futex, word_, 1 /* FUTEX_WAKE */, INT_MAX, nullptr, nullptr, 0);
    }

    std::uint32_t announce_sleep() const {
        if (word_ == nullptr) {
            return 0;
        }
        std::uint32_t seen = load_acquire<std::uint32_t>(word_);
        while ((seen & 1) == 0 && !compare_and_set(word_, seen, seen | 1)) {
        }
        // Before the attempt that follows. Who stores passes no fence: if we miss each other, the sleep is short.
        std::atomic_thread_fence(std::memory_order_seq_cst);
        return seen | 1;
    }

    void sleep(std::uint32_t seen, Clock::duration time) const {
        const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time);
        if (nanos.count() <= 0) {
            return;
        }
        if (word_ == nullptr) {
            std::this_thread::sleep_for(nanos);
            return;
        }
        std::timespec most = {};
        most.tv_nsec = static_cast<long>(nanos.count());
        ::syscall(SYS_futex, word_, 0 /* FUTEX_WAIT */, seen, &most, nullptr, 0);
    }

    std::uint32_t* word_;
    const OpenedFile* file_;
    bool fenced_;
};

} // namespace detail
} // namespace zipc

#endif
