// Topics, written from docs/format/topic.md.
#pragma once

#include <unistd.h>

#include <cstring>
#include <string>

#include "zeroipc_segment.hpp"

namespace peer {

class Topic {
  public:
    static constexpr uint64_t MAGIC = 0x4349504F5450495A;
    static constexpr uint64_t FREE = 0, LOANED = 1, SENT = 2;
    static constexpr uint64_t HOLDERS = 0xFFFFFFFF;
    static constexpr int NONE = -1;

    static Part part(const std::string& name, uint64_t chunks, uint64_t chunk_size) {
        const uint64_t slots = power_of_two(chunks);
        const uint64_t alignment = chunk_size < 4096 ? 64 : 4096;
        const uint64_t size = 120 + 4224 + 64 * slots + 64 * chunks + alignment - 64 + chunks * chunk_size;
        return {name, size, [=](const Block& block) {
                    const uint64_t lines = up(block.offset + 64, 64) - block.offset;
                    const uint64_t slab = up(block.offset + lines + 4224 + 64 * (slots + chunks), alignment) - block.offset;
                    const uint64_t header[] = {0, 1, chunks, chunk_size, slots, lines, slab, 0};
                    std::memcpy(block.base, header, sizeof header);
                    store_release(block.at<uint64_t>(0), MAGIC);
                }};
    }

    explicit Topic(const Block& block) : block_(block) {
        if (block.size < 64 || load_acquire(block.at<uint64_t>(0)) != MAGIC || *block.at<uint64_t>(8) != 1) {
            fail("not a topic");
        }
        chunks_ = *block.at<uint64_t>(16);
        chunk_size_ = *block.at<uint64_t>(24);
        slots_ = *block.at<uint64_t>(32);
        lines_ = *block.at<uint64_t>(40);
        slab_ = *block.at<uint64_t>(48);
        if (chunks_ < 1 || slots_ != power_of_two(chunks_) || slab_ + chunks_ * chunk_size_ > block.size) {
            fail("topic does not fit into its block");
        }
    }

    uint64_t chunk_size() const { return chunk_size_; }
    unsigned char* data(int chunk) { return block_.base + slab_ + static_cast<uint64_t>(chunk) * chunk_size_; }
    uint64_t size(int chunk) const { return load(chunk_word(chunk, 16)); }
    uint64_t active() const { return load_acquire(block_.at<uint64_t>(lines_ + 64)); }

    // Publishing.

    void become_publisher() {
        for (uint64_t p = 1; p < 256; ++p) {
            if (compare_and_set(block_.at<uint64_t>(lines_ + 2176 + 8 * p), uint64_t{0}, owner())) {
                publisher_ = p;
                return;
            }
        }
        fail("no entry for a publisher");
    }

    void leave_publisher() { store_release(block_.at<uint64_t>(lines_ + 2176 + 8 * publisher_), uint64_t{0}); }

    int loan() {
        const uint64_t everybody = passed();
        for (uint64_t k = 0; k < chunks_; ++k) {
            const int chunk = static_cast<int>(k);
            const uint64_t word = load_acquire(chunk_word(chunk, 0));
            const bool idle = state(word) == SENT && (word & HOLDERS) == 0 && load(chunk_word(chunk, 8)) < everybody;
            const uint64_t loaned = ((word >> 42) + 1) << 42 | publisher_ << 34 | LOANED << 32;
            if ((state(word) == FREE || idle) && compare_and_set(chunk_word(chunk, 0), word, loaned)) {
                return chunk;
            }
        }
        return NONE;
    }

    void give_back_loan(int chunk) {
        change(chunk, [](uint64_t word) { return word >> 42 << 42; });
    }

    uint64_t send(int chunk, uint64_t size) {
        store(chunk_word(chunk, 16), size);
        for (;;) {
            const uint64_t tail = load_acquire(tail_word());
            uint64_t* slot = slot_word(tail);
            const uint64_t descriptor = load_acquire(slot);
            if (ahead(descriptor, tail) == 0) {
                compare_and_set(tail_word(), tail, tail + 1);
            } else if (ahead(descriptor, tail) == -1) {
                store(chunk_word(chunk, 8), tail);
                if (compare_and_set(slot, descriptor, lap(tail) << 20 | static_cast<uint64_t>(chunk))) {
                    compare_and_set(tail_word(), tail, tail + 1);
                    change(chunk, [](uint64_t word) { return word >> 42 << 42 | SENT << 32 | (word & HOLDERS); });
                    return tail;
                }
            }
        }
    }

    // Subscribing.

    void subscribe() {
        for (uint64_t i = 0; i < 32; ++i) {
            if (compare_and_set(block_.at<uint64_t>(subscriber(i)), uint64_t{0}, owner())) {
                subscriber_ = i;
                for (uint64_t k = 0; k < chunks_; ++k) {
                    give_back(static_cast<int>(k));
                }
                __atomic_fetch_or(block_.at<uint64_t>(lines_ + 64), bit(), __ATOMIC_SEQ_CST);
                __atomic_thread_fence(__ATOMIC_SEQ_CST);
                cursor_ = load_acquire(tail_word());
                if (load(block_.at<uint64_t>(subscriber(i) + 8)) == cursor_ + 1) {
                    ++cursor_;
                }
                store_release(block_.at<uint64_t>(subscriber(i) + 8), cursor_);
                return;
            }
        }
        fail("no entry for a subscriber");
    }

    int receive() {
        const uint64_t descriptor = load_acquire(slot_word(cursor_));
        if (ahead(descriptor, cursor_) < 0) {
            return NONE;
        }
        const uint64_t k = descriptor & 0xFFFFF;
        if (ahead(descriptor, cursor_) != 0 || k >= chunks_) {
            fail("somebody has broken the rules");
        }
        const int chunk = static_cast<int>(k);
        for (;;) {
            const uint64_t word = load_acquire(chunk_word(chunk, 0));
            if (state(word) == FREE || load(chunk_word(chunk, 8)) != cursor_) {
                fail("somebody has broken the rules");
            }
            if (compare_and_set(chunk_word(chunk, 0), word, word | bit())) {
                store_release(block_.at<uint64_t>(subscriber(subscriber_) + 8), ++cursor_);
                return chunk;
            }
        }
    }

    void give_back(int chunk) {
        change(chunk, [this](uint64_t word) { return word & ~bit(); });
    }

    void leave() {
        __atomic_fetch_and(block_.at<uint64_t>(lines_ + 64), ~bit(), __ATOMIC_SEQ_CST);
        store_release(block_.at<uint64_t>(subscriber(subscriber_)), uint64_t{0});
    }

  private:
    static uint64_t power_of_two(uint64_t n) {
        uint64_t power = 1;
        while (power < n) {
            power *= 2;
        }
        return power;
    }

    static uint64_t owner() { return static_cast<uint64_t>(getpid()) << 32 | uint64_t{1} << 31; }
    static uint64_t state(uint64_t word) { return word >> 32 & 3; }

    uint64_t bit() const { return uint64_t{1} << subscriber_; }
    uint64_t subscriber(uint64_t i) const { return lines_ + 128 + 64 * i; }
    uint64_t lap(uint64_t position) const { return position / slots_ + 1; }
    int64_t ahead(uint64_t descriptor, uint64_t position) const {
        return static_cast<int64_t>(((descriptor >> 20) - lap(position)) << 20) >> 20;
    }
    uint64_t* tail_word() const { return block_.at<uint64_t>(lines_); }
    uint64_t* slot_word(uint64_t position) const { return block_.at<uint64_t>(lines_ + 4224 + 64 * (position % slots_)); }
    uint64_t* chunk_word(int chunk, uint64_t field) const {
        return block_.at<uint64_t>(lines_ + 4224 + 64 * (slots_ + static_cast<uint64_t>(chunk)) + field);
    }

    uint64_t passed() const {
        uint64_t least = load_acquire(tail_word());
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        const uint64_t bits = active();
        for (uint64_t i = 0; i < 32; ++i) {
            if ((bits >> i & 1) != 0) {
                const uint64_t cursor = load_acquire(block_.at<uint64_t>(subscriber(i) + 8));
                least = cursor < least ? cursor : least;
            }
        }
        return least;
    }

    template <class F> void change(int chunk, F f) {
        uint64_t word = load_acquire(chunk_word(chunk, 0));
        while (!compare_and_set(chunk_word(chunk, 0), word, f(word))) {
            word = load_acquire(chunk_word(chunk, 0));
        }
    }

    Block block_;
    uint64_t chunks_, chunk_size_, slots_, lines_, slab_;
    uint64_t publisher_ = 0, subscriber_ = 0, cursor_ = 0;
};

} // namespace peer
