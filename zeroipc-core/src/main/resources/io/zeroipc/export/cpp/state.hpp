#ifndef ZIPC_STATE_HPP
#define ZIPC_STATE_HPP

namespace zipc {

// The newest of a series of values, by one writer, for any number of readers. Thread-safe; the writer is for one thread at a time.
template <class T> class SharedState : public detail::Structure {
public:
    // A value with its version, from 1 on, and when it was set: nanoseconds since 1970 by the writer's clock.
    struct Snapshot {
        T value;
        std::uint64_t version;
        std::uint64_t timestamp;
    };

    class Writer;

    SharedState(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "state", name, elements), arrivals_(segment_->arrivals(block())) {
        detail::require_element<T>();
        const std::string expected = "a state of " + std::to_string(sizeof(T)) + " bytes";
        require_bytes(block().size >= header_size, expected);
        await_ready([this] { return detail::load_acquire<std::uint64_t>(block().bytes) != 0; });
        slots_ = word(24);
        stride_ = word(32);
        require_bytes(word(0) == magic && word(8) == 1 && word(16) == sizeof(T) && slots_ >= 4 && slots_ <= 65536
                        && (slots_ & (slots_ - 1)) == 0 && stride_ >= data_offset + sizeof(T) && stride_ % 8 == 0
                        && stride_ <= block().size && block().size == header_size + slots_ * stride_,
                expected);
    }

    // The newest value; none while there is none.
    std::optional<T> get() const {
        const auto newest = snapshot();
        return newest ? std::optional<T>(newest->value) : std::nullopt;
    }

    // The newest value, with its version and time; none while there is none.
    std::optional<Snapshot> snapshot() const {
        constexpr int looks_max = 11000;
        for (int looks = 0; looks < looks_max; ++looks) {
            const std::uint64_t version = this->version();
            if (version == 0) {
                return std::nullopt;
            }
            const unsigned char* slot = this->slot(version);
            // Pairs with the writer's release-store of the even sequence: what is read behind it is as new, at least.
            if (detail::load_acquire<std::uint64_t>(slot) == 2 * version) {
                Snapshot found;
                found.version = version;
                found.timestamp = detail::load_relaxed<std::uint64_t>(slot + 8);
                std::memcpy(&found.value, slot + data_offset, sizeof(T));
                // Pairs with the writer's fence behind the odd sequence: if a byte above is newer, the sequence below is.
                std::atomic_thread_fence(std::memory_order_acquire);
                if (detail::load_relaxed<std::uint64_t>(slot) == 2 * version) {
                    return found;
                }
            }
            if (looks >= 10000) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            } else if (looks >= 32) {
                std::this_thread::yield();
            }
        }
        throw Error("state is overwritten faster than it can be read: " + describe() + ", slots=" + std::to_string(slots_)
                + " (create it with more slots, or write less often)");
    }

    // The version of the newest value; 0 while there is none.
    std::uint64_t version() const {
        // Pairs with the writer's release-store of latest: the slot of this version is complete.
        return detail::load_acquire<std::uint64_t>(block().bytes + latest_offset);
    }

    // Waits until there is another version than this one; none when the time is over before.
    std::optional<Snapshot> await_change(std::uint64_t version, std::chrono::nanoseconds timeout) const {
        const bool changed = arrivals_.wait(detail::after(timeout), [&] { return this->version() != version; });
        return changed ? snapshot() : std::nullopt;
    }

    // Takes the writer's role, until the writer ends.
    Writer writer() const { return Writer(*this); }

    int slots() const { return static_cast<int>(slots_); }

private:
    static constexpr std::uint64_t magic = 0x544154534350495A;
    static constexpr std::size_t header_size = 64;
    static constexpr std::size_t latest_offset = 40;
    static constexpr std::size_t data_offset = 24;

    std::uint64_t word(std::size_t offset) const { return detail::load_relaxed<std::uint64_t>(block().bytes + offset); }

    unsigned char* slot(std::uint64_t version) const {
        return block().bytes + header_size + (version & (slots_ - 1)) * stride_;
    }

    const detail::EventCount arrivals_;
    std::uint64_t slots_ = 0;
    std::uint64_t stride_ = 0;
};

// The writing side of a state, for one thread at a time.
template <class T> class SharedState<T>::Writer {
public:
    explicit Writer(const SharedState& state)
        : state_(state), role_(*state.segment(), state.block().offset, 0, "writer", state.describe()),
          version_(state.version()) {}

    // Sets the value, with the present time.
    void set(const T& value) {
        set(value, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                std::chrono::system_clock::now().time_since_epoch()).count()));
    }

    // timestamp: nanoseconds since 1970.
    void set(const T& value, std::uint64_t timestamp) {
        const std::uint64_t next = version_ + 1;
        unsigned char* slot = state_.slot(next);
        detail::store_relaxed<std::uint64_t>(slot, 2 * next - 1);
        // Pairs with the reader's fence behind its copy: whoever sees a byte from here on sees the odd sequence. A release-store
        // of it would not do that.
        std::atomic_thread_fence(std::memory_order_release);
        detail::store_relaxed<std::uint64_t>(slot + 8, timestamp);
        detail::store_relaxed<std::uint64_t>(slot + 16, sizeof(T));
        detail::write_element(slot + data_offset, value);
        // Pairs with the reader's acquire-load: who sees the even sequence sees the bytes.
        detail::store_release<std::uint64_t>(slot, 2 * next);
        // Pairs with the acquire-load in version().
        detail::store_release<std::uint64_t>(state_.block().bytes + latest_offset, next);
        state_.arrivals_.advance();
        version_ = next;
    }

    // That was set last.
    std::uint64_t version() const { return version_; }

private:
    const SharedState state_;
    detail::Role role_;
    std::uint64_t version_;
};

} // namespace zipc

#endif
