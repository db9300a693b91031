// The structures of a segment, each written from its page in docs/format. Threads and processes share them; the objects here
// are for one thread each.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "zeroipc_segment.hpp"

namespace peer {

// array.md --------------------------------------------------------------------------------------------------------------

template <class T> class Array {
  public:
    static Part part(const std::string& name, uint64_t capacity) {
        return {name, 8 + capacity * sizeof(T), [=](const Block& block) { *block.at<uint64_t>(0) = capacity; }};
    }

    explicit Array(const Block& block) : block_(block), capacity_(*block.at<uint64_t>(0)) {
        if (block.size - 8 != capacity_ * sizeof(T)) {
            fail("not an array of such elements");
        }
    }

    uint64_t capacity() const { return capacity_; }
    T* data() const { return block_.at<T>(8); }

  private:
    Block block_;
    uint64_t capacity_;
};

// queue.md --------------------------------------------------------------------------------------------------------------

template <class T> class Queue {
  public:
    static uint32_t rounded(uint32_t requested) {
        uint32_t capacity = 2;
        while (capacity < requested) {
            capacity *= 2;
        }
        return capacity;
    }

    static Part part(const std::string& name, uint32_t requested) {
        const uint32_t capacity = rounded(requested);
        return {name, size_of(capacity), [=](const Block& block) {
                    *block.at<uint32_t>(8) = capacity;
                    *block.at<uint32_t>(12) = sizeof(T);
                    for (uint32_t i = 0; i < capacity; ++i) {
                        block.at<uint32_t>(sequences_of(capacity))[i] = i;
                    }
                }};
    }

    explicit Queue(const Block& block)
        : head_(block.at<uint32_t>(0)), tail_(block.at<uint32_t>(4)), capacity_(*block.at<uint32_t>(8)),
          slots_(block.at<T>(16)), sequences_(block.at<uint32_t>(sequences_of(capacity_))) {
        if (capacity_ < 2 || (capacity_ & (capacity_ - 1)) != 0) {
            fail("queue capacity is no power of two");
        }
        if (*block.at<uint32_t>(12) != sizeof(T) || block.size != size_of(capacity_)) {
            fail("not a queue of such elements");
        }
    }

    uint32_t capacity() const { return capacity_; }
    uint32_t size() const { return load(tail_) - load(head_); }

    bool offer(const T& element) {
        while (true) {
            const uint32_t t = load(tail_);
            const uint32_t sequence = load_acquire(sequences_ + t % capacity_);
            const auto difference = static_cast<std::int32_t>(sequence - t);
            if (difference < 0) {
                return false;
            }
            if (difference == 0 && compare_and_set(tail_, t, t + 1)) {
                slots_[t % capacity_] = element;
                store_release(sequences_ + t % capacity_, t + 1);
                return true;
            }
        }
    }

    bool poll(T& element) {
        while (true) {
            const uint32_t h = load(head_);
            const uint32_t sequence = load_acquire(sequences_ + h % capacity_);
            const auto difference = static_cast<std::int32_t>(sequence - (h + 1));
            if (difference < 0) {
                return false;
            }
            if (difference == 0 && compare_and_set(head_, h, h + 1)) {
                element = slots_[h % capacity_];
                store_release(sequences_ + h % capacity_, h + capacity_);
                return true;
            }
        }
    }

  private:
    uint32_t* head_;
    uint32_t* tail_;
    uint32_t capacity_;
    T* slots_;
    uint32_t* sequences_;

    static uint64_t sequences_of(uint64_t capacity) { return 16 + up(sizeof(T) * capacity, 8); }
    static uint64_t size_of(uint64_t capacity) { return sequences_of(capacity) + 4 * capacity; }
};

// ring.md ---------------------------------------------------------------------------------------------------------------

template <class T> class Ring {
  public:
    static Part part(const std::string& name, uint64_t elements) {
        return {name, 24 + elements * sizeof(T), [=](const Block& block) {
                    *block.at<uint32_t>(16) = static_cast<uint32_t>(elements * sizeof(T));
                    *block.at<uint32_t>(20) = sizeof(T);
                }};
    }

    explicit Ring(const Block& block)
        : write_pos_(block.at<uint64_t>(0)), read_pos_(block.at<uint64_t>(8)), capacity_(*block.at<uint32_t>(16)),
          data_(block.base + 24) {
        if (*block.at<uint32_t>(20) != sizeof(T) || capacity_ % sizeof(T) != 0 || block.size != 24 + capacity_) {
            fail("not a ring of such elements");
        }
    }

    uint64_t capacity() const { return capacity_ / sizeof(T); }

    // "One writer, one reader".
    bool offer(const T& element) {
        const uint64_t written = load(write_pos_);
        if (written - load_acquire(read_pos_) + sizeof(T) > capacity_) {
            return false;
        }
        std::memcpy(data_ + written % capacity_, &element, sizeof(T));
        store_release(write_pos_, written + sizeof(T));
        return true;
    }

    bool poll(T& element) {
        const uint64_t read = load(read_pos_);
        if (load_acquire(write_pos_) == read) {
            return false;
        }
        std::memcpy(&element, data_ + read % capacity_, sizeof(T));
        store_release(read_pos_, read + sizeof(T));
        return true;
    }

    // "Overwrite mode", the writer.
    void overwrite(const T& element) {
        const uint64_t written = load(write_pos_);
        if (written + sizeof(T) > capacity_) {
            const uint64_t oldest = written + sizeof(T) - capacity_;
            if (oldest > load(read_pos_)) {
                store_release(read_pos_, oldest);
            }
        }
        std::atomic_thread_fence(std::memory_order_release);
        std::memcpy(data_ + written % capacity_, &element, sizeof(T));
        store_release(write_pos_, written + sizeof(T));
    }

    // "Overwrite mode", the reader.
    class Cursor {
      public:
        explicit Cursor(const Ring& ring) : ring_(ring), position_(load_acquire(ring.read_pos_)) {}

        bool poll(T& element) {
            while (load_acquire(ring_.write_pos_) != position_) {
                std::memcpy(&element, ring_.data_ + position_ % ring_.capacity_, sizeof(T));
                std::atomic_thread_fence(std::memory_order_acquire);
                const uint64_t oldest = load_acquire(ring_.read_pos_);
                if (oldest <= position_) {
                    position_ += sizeof(T);
                    return true;
                }
                lost_ += (oldest - position_) / sizeof(T);
                position_ = oldest;
            }
            return false;
        }

        uint64_t lost() const { return lost_; }

      private:
        const Ring& ring_;
        uint64_t position_;
        uint64_t lost_ = 0;
    };

  private:
    uint64_t* write_pos_;
    uint64_t* read_pos_;
    uint64_t capacity_;
    unsigned char* data_;
};

// channel.md ------------------------------------------------------------------------------------------------------------

template <class T> class Channel {
  public:
    static std::vector<Part> parts(const std::string& name, uint32_t requested) {
        const uint32_t capacity = requested == 0 ? 0 : Queue<T>::rounded(requested);
        Part header{name + "_header", 32, [=](const Block& block) { *block.at<uint32_t>(0) = capacity; }};
        if (capacity > 0) {
            return {header, Queue<T>::part(name + "_buffer", requested)};
        }
        return {header, Part{name + "_slot", SLOT_SIZE, [](const Block&) {}, 4}};
    }

    Channel(const Segment& segment, const std::string& name) : header_(segment.require(name + "_header")) {
        if (header_.size != 32) {
            fail("not the header of a channel");
        }
        if (*header_.at<uint32_t>(0) > 0) {
            buffer_ = std::make_unique<Queue<T>>(segment.require(name + "_buffer"));
            return;
        }
        const Block slot = segment.require(name + "_slot");
        if (slot.size != SLOT_SIZE) {
            fail("not the slot of such elements");
        }
        ready_ = slot.at<uint8_t>(0);
        consumed_ = slot.at<uint8_t>(1);
        data_ = slot.base + DATA;
    }

    bool is_closed() const { return load_acquire(header_.at<uint8_t>(12)) != 0; }
    void close() { store_release(header_.at<uint8_t>(12), uint8_t{1}); }

    // Waits; false once the channel is closed.
    bool send(const T& element) { return buffer_ ? send_buffered(element) : send_unbuffered(element); }

    // Waits; false once the channel is closed and nothing is left.
    bool receive(T& element) { return buffer_ ? receive_buffered(element) : receive_unbuffered(element); }

    bool try_send(const T& element) {
        if (is_closed()) {
            return false;
        }
        return buffer_ ? buffer_->offer(element) : load_acquire(receivers()) > 0 && send_unbuffered(element);
    }

    bool try_receive(T& element) {
        return buffer_ ? buffer_->poll(element) : load_acquire(ready_) != 0 && receive_unbuffered(element);
    }

  private:
    static constexpr uint64_t DATA = (2 + alignof(T) - 1) / alignof(T) * alignof(T);
    static constexpr uint64_t SLOT_SIZE = (DATA + sizeof(T) + alignof(T) - 1) / alignof(T) * alignof(T);

    Block header_;
    std::unique_ptr<Queue<T>> buffer_;
    uint8_t* ready_ = nullptr;
    uint8_t* consumed_ = nullptr;
    unsigned char* data_ = nullptr;

    uint32_t* senders() const { return header_.at<uint32_t>(4); }
    uint32_t* receivers() const { return header_.at<uint32_t>(8); }

    // Counts a thread that is inside of something.
    struct Presence {
        uint32_t* counter;
        explicit Presence(uint32_t* c) : counter(c) { __atomic_add_fetch(counter, 1, __ATOMIC_ACQ_REL); }
        ~Presence() { __atomic_sub_fetch(counter, 1, __ATOMIC_ACQ_REL); }
        Presence(const Presence&) = delete;
    };

    bool send_buffered(const T& element) {
        while (!is_closed()) {
            if (buffer_->offer(element)) {
                return true;
            }
            pause();
        }
        return false;
    }

    bool receive_buffered(T& element) {
        while (true) {
            const bool closed = is_closed();
            if (buffer_->poll(element)) {
                return true;
            }
            if (closed) {
                return false;
            }
            pause();
        }
    }

    bool send_unbuffered(const T& element) {
        Presence inside(senders());
        while (load_acquire(ready_) != 0) {
            if (is_closed()) {
                return false;
            }
            pause();
        }
        if (is_closed()) {
            return false;
        }
        std::memcpy(data_, &element, sizeof(T));
        store(consumed_, uint8_t{0});
        store_release(ready_, uint8_t{1});
        while (load_acquire(consumed_) == 0) {
            if (is_closed()) {
                return load_acquire(consumed_) != 0;
            }
            pause();
        }
        return true;
    }

    bool receive_unbuffered(T& element) {
        Presence inside(receivers());
        while (load_acquire(ready_) == 0) {
            if (is_closed()) {
                return false;
            }
            pause();
        }
        std::memcpy(&element, data_, sizeof(T));
        store_release(consumed_, uint8_t{1});
        store_release(ready_, uint8_t{0});
        return true;
    }
};

// state.md --------------------------------------------------------------------------------------------------------------

struct Overtaken : std::runtime_error {
    Overtaken() : std::runtime_error("state is overwritten faster than it can be read") {}
};

template <class T> class State {
  public:
    static Part part(const std::string& name, uint64_t slots) {
        const uint64_t stride = up(24 + sizeof(T), 64);
        return {name, 64 + slots * stride, [=](const Block& block) {
                    *block.at<uint64_t>(8) = 1;
                    *block.at<uint64_t>(16) = sizeof(T);
                    *block.at<uint64_t>(24) = slots;
                    *block.at<uint64_t>(32) = stride;
                    store_release(block.at<uint64_t>(0), uint64_t{0x544154534350495A});
                }};
    }

    explicit State(const Block& block)
        : block_(block), slots_(*block.at<uint64_t>(24)), stride_(*block.at<uint64_t>(32)) {
        if (load_acquire(block.at<uint64_t>(0)) != 0x544154534350495A || *block.at<uint64_t>(8) != 1) {
            fail("not a state");
        }
        if (*block.at<uint64_t>(16) != sizeof(T) || block.size != 64 + slots_ * stride_) {
            fail("not a state of such values");
        }
    }

    uint64_t slots() const { return slots_; }
    uint64_t latest() const { return load_acquire(block_.at<uint64_t>(40)); }

    void set(const T& value, uint64_t timestamp) {
        const uint64_t version = load(block_.at<uint64_t>(40)) + 1;
        const uint64_t slot = begin(version);
        *block_.at<uint64_t>(slot + 8) = timestamp;
        *block_.at<uint64_t>(slot + 16) = sizeof(T);
        std::memcpy(block_.base + slot + 24, &value, sizeof(T));
        store_release(block_.at<uint64_t>(slot), 2 * version);
        store_release(block_.at<uint64_t>(40), version);
    }

    // The first half of a set, and some of the bytes: as far as a writer came that died in the middle.
    void set_half(const T& value) {
        const uint64_t slot = begin(load(block_.at<uint64_t>(40)) + 1);
        std::memcpy(block_.base + slot + 24, &value, sizeof(T) / 2);
    }

    // The version of the value, 0 while there is none.
    uint64_t get(T& value) const {
        return get(value, [](void* to, const void* from) { std::memcpy(to, from, sizeof(T)); });
    }

    // The same, with another way to copy.
    template <class C> uint64_t get(T& value, C copy) const {
        for (int attempt = 0; attempt < 1000; ++attempt) {
            const uint64_t version = latest();
            if (version == 0) {
                return 0;
            }
            const uint64_t slot = slot_of(version);
            if (load_acquire(block_.at<uint64_t>(slot)) != 2 * version) {
                continue;
            }
            copy(&value, block_.base + slot + 24);
            std::atomic_thread_fence(std::memory_order_acquire);
            if (load(block_.at<uint64_t>(slot)) == 2 * version) {
                return version;
            }
        }
        throw Overtaken();
    }

  private:
    Block block_;
    uint64_t slots_;
    uint64_t stride_;

    uint64_t slot_of(uint64_t version) const { return 64 + (version & (slots_ - 1)) * stride_; }

    uint64_t begin(uint64_t version) {
        const uint64_t slot = slot_of(version);
        store(block_.at<uint64_t>(slot), 2 * version - 1);
        std::atomic_thread_fence(std::memory_order_release);
        return slot;
    }
};

} // namespace peer
