#ifndef ZIPC_QUEUE_HPP
#define ZIPC_QUEUE_HPP

namespace zipc {
namespace detail {

// The slots of a queue: Dmitry Vyukov's bounded queue for many producers and many consumers. Each position is announced beside the
// segment before it is claimed, so that others go on for this process when it is killed. Thread-safe.
template <class T> class QueueSlots {
public:
    // Whether a block has the bytes of such a queue.
    static bool fits(const Segment::Block& block) {
        if (block.size < header_size) {
            return false;
        }
        const std::uint64_t capacity = load_relaxed<std::uint32_t>(block.bytes + 8);
        return capacity >= 2 && capacity <= (std::uint64_t{1} << 30) && (capacity & (capacity - 1)) == 0
                && load_relaxed<std::uint32_t>(block.bytes + 12) == sizeof(T)
                && block.size == header_size + round_up(sizeof(T) * capacity, 8) + 4 * capacity;
    }

    static bool is_ready(const Segment::Block& block) {
        if (block.size < header_size || load_acquire<std::uint32_t>(block.bytes + 8) == 0
                || load_acquire<std::uint32_t>(block.bytes + 12) == 0) {
            return false;
        }
        // The last sequence is written last.
        const std::uint32_t capacity = load_relaxed<std::uint32_t>(block.bytes + 8);
        return !fits(block) || load_relaxed<std::uint32_t>(block.bytes) != 0 || load_relaxed<std::uint32_t>(block.bytes + 4) != 0
                || load_acquire<std::uint32_t>(block.bytes + block.size - 4) == capacity - 1;
    }

    // block: one that fits; label: for messages
    QueueSlots(const Segment& segment, const Segment::Block& block, std::string label)
        : participant_(segment.participant()), block_(block), label_(std::move(label)), capacity_(load_relaxed<std::uint32_t>(block.bytes + 8)),
          sequences_(block.bytes + header_size + round_up(sizeof(T) * std::uint64_t{capacity_}, 8)),
          arrivals_(segment.arrivals(block)), departures_(segment.departures(block)) {
        tail_guess_ = load_relaxed<std::uint32_t>(tail());
        head_guess_ = load_relaxed<std::uint32_t>(head());
    }

    std::uint32_t capacity() const { return capacity_; }

    std::uint32_t size() const {
        const auto size = static_cast<std::int32_t>(load_relaxed<std::uint32_t>(tail()) - load_relaxed<std::uint32_t>(head()));
        return static_cast<std::uint32_t>(std::max(0, std::min(size, static_cast<std::int32_t>(capacity_))));
    }

    const EventCount& arrivals() const { return arrivals_; }
    const EventCount& departures() const { return departures_; }

    // False when it is full.
    bool offer(const T& element) const {
        Cell cell(participant_, block_.offset);
        std::uint32_t position = load_relaxed<std::uint32_t>(&tail_guess_);
        while (true) {
            // Pairs with the consumer's release-store, one lap before: equal means that he is done with the slot.
            const auto distance = static_cast<std::int32_t>(load_acquire<std::uint32_t>(sequence(position)) - position);
            if (distance == 0) {
                cell.announce(live::claim(live::write_intent, position));
                ZIPC_STOP(QUEUE_CLAIM_ANNOUNCED);
                // The release pairs with whoever recovers: who finds the position claimed finds it announced.
                if (compare_and_set(tail(), position, position + 1)) {
                    break;
                }
                // Another producer was faster, or the guess was old: position is what tail was.
                continue;
            }
            const std::uint32_t now = load_relaxed<std::uint32_t>(tail());
            if (now == position) {
                cell.clear();
                store_relaxed<std::uint32_t>(&tail_guess_, position);
                require_behind(distance, "tail", position);
                return false;
            }
            position = now;
        }
        ZIPC_STOP(QUEUE_CLAIMED);
        cell.confirm(live::claim(live::writing, position));
        ZIPC_STOP(QUEUE_CLAIM_CONFIRMED);
        store_relaxed<std::uint32_t>(&tail_guess_, position + 1);
        write_element(slot(position), element);
        ZIPC_STOP(QUEUE_WRITTEN);
        // Pairs with the consumer's acquire-load: who sees it sees the element.
        store_release<std::uint32_t>(sequence(position), position + 1);
        ZIPC_STOP(QUEUE_PUBLISHED);
        cell.clear();
        arrivals_.advance();
        return true;
    }

    // None when it is empty.
    std::optional<T> poll() const {
        Cell cell(participant_, block_.offset);
        std::uint32_t position = load_relaxed<std::uint32_t>(&head_guess_);
        while (true) {
            // Pairs with the producer's release-store: equal means that the element is there.
            const auto distance = static_cast<std::int32_t>(load_acquire<std::uint32_t>(sequence(position)) - (position + 1));
            if (distance == 0) {
                cell.announce(live::claim(live::read_intent, position));
                ZIPC_STOP(QUEUE_TAKE_ANNOUNCED);
                // As for tail in offer().
                if (compare_and_set(head(), position, position + 1)) {
                    break;
                }
                continue;
            }
            const std::uint32_t now = load_relaxed<std::uint32_t>(head());
            if (now == position) {
                cell.clear();
                store_relaxed<std::uint32_t>(&head_guess_, position);
                require_behind(distance, "head", position);
                return std::nullopt;
            }
            position = now;
        }
        ZIPC_STOP(QUEUE_TAKEN);
        cell.confirm(live::claim(live::reading, position));
        ZIPC_STOP(QUEUE_TAKE_CONFIRMED);
        store_relaxed<std::uint32_t>(&head_guess_, position + 1);
        std::optional<T> element(std::in_place);
        std::memcpy(&*element, slot(position), sizeof(T));
        ZIPC_STOP(QUEUE_READ);
        // Pairs with the producer's acquire-load, one lap later: we are done with the slot.
        store_release<std::uint32_t>(sequence(position), position + capacity_);
        ZIPC_STOP(QUEUE_RELEASED);
        cell.clear();
        departures_.advance();
        return element;
    }

private:
    static constexpr std::size_t header_size = 16;

    unsigned char* head() const { return block_.bytes; }

    unsigned char* tail() const { return block_.bytes + 4; }

    // Within the block, whatever the position is.
    std::size_t index(std::uint32_t position) const { return position & (capacity_ - 1); }

    unsigned char* slot(std::uint32_t position) const { return block_.bytes + header_size + index(position) * sizeof(T); }

    unsigned char* sequence(std::uint32_t position) const { return sequences_ + index(position) * 4; }

    // Whoever moves a sequence beyond a position has moved the counter beyond it before, and we have seen that.
    void require_behind(std::int32_t distance, const char* counter, std::uint32_t position) const {
        if (distance > 0) {
            throw Error("queue is damaged: " + label_ + ", " + counter + "=" + std::to_string(position) + ", sequence="
                    + std::to_string(load_relaxed<std::uint32_t>(sequence(position))) + ", capacity=" + std::to_string(capacity_)
                    + " (a program wrote to the queue's bytes past its operations; create it anew)");
        }
    }

    const std::shared_ptr<Participant> participant_;
    const Segment::Block block_;
    const std::string label_;
    const std::uint32_t capacity_;
    unsigned char* const sequences_;
    const EventCount arrivals_;
    const EventCount departures_;
    // Where to begin, which saves a look at a line that the others change. Each side has a line of its own.
    alignas(64) mutable std::uint32_t tail_guess_ = 0;
    alignas(64) mutable std::uint32_t head_guess_ = 0;
};

} // namespace detail

// A bounded queue for any number of producers and consumers in all processes. Thread-safe. What a thread did before it offered an
// element is visible to who took it. An element that a process has taken when it is killed is lost with it.
template <class T> class SharedQueue : public detail::Structure {
public:
    SharedQueue(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "queue", name, elements), slots_(*segment_, checked(), describe()) {
        detail::require_element<T>();
    }

    // Puts an element in; false when the queue is full.
    bool offer(const T& element) const { return slots_.offer(element); }

    // As offer, waiting for room, at most so long.
    bool offer(const T& element, std::chrono::nanoseconds timeout) const {
        return slots_.departures().wait(detail::after(timeout), [&] { return offer(element); });
    }

    // Puts an element in, waiting for room as long as it takes.
    void put(const T& element) const {
        slots_.departures().wait(detail::forever, [&] { return offer(element); });
    }

    // Takes the oldest element; none when the queue is empty.
    std::optional<T> poll() const { return slots_.poll(); }

    // As poll, waiting for an element, at most so long.
    std::optional<T> poll(std::chrono::nanoseconds timeout) const {
        return slots_.arrivals().wait(detail::after(timeout), [&] { return poll(); });
    }

    // Takes the oldest element, waiting for one as long as it takes.
    T take() const {
        return *slots_.arrivals().wait(detail::forever, [&] { return poll(); });
    }

    std::int64_t capacity() const { return slots_.capacity(); }

    // Elements in the queue: an estimate.
    std::int64_t size() const { return slots_.size(); }

    bool is_empty() const { return size() == 0; }

private:
    const Segment::Block& checked() const {
        await_ready([this] { return detail::QueueSlots<T>::is_ready(block()); });
        require_bytes(detail::QueueSlots<T>::fits(block()), "a queue of elements of " + std::to_string(sizeof(T)) + " bytes");
        return block();
    }

    const detail::QueueSlots<T> slots_;
};

} // namespace zipc

#endif
