#ifndef ZIPC_CHANNEL_HPP
#define ZIPC_CHANNEL_HPP

namespace zipc {

// A line of elements that has an end: once it is closed nothing more is sent, and receivers are told when nothing is left. For any
// number of senders and receivers in all processes. Thread-safe. Channels without a buffer are not reached from here.
template <class T> class SharedChannel : public detail::Structure {
public:
    SharedChannel(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "channel", name + "_header", elements), slots_(*segment_, checked(), describe()) {
        detail::require_element<T>();
    }

    // Sends an element; false when the channel is full or closed.
    bool try_send(const T& element) const { return !is_closed() && slots_.offer(element); }

    // As try_send, waiting for room, at most so long.
    bool try_send(const T& element, std::chrono::nanoseconds timeout) const {
        return send(element, detail::after(timeout));
    }

    // Sends an element, waiting for room as long as it takes. Throws ChannelClosed when it was not sent, as the channel is closed.
    void send(const T& element) const {
        if (!send(element, detail::forever)) {
            throw ChannelClosed("channel is closed: " + describe());
        }
    }

    // Receives the oldest element; none when there is none.
    std::optional<T> try_receive() const { return slots_.poll(); }

    // As try_receive, waiting at most so long; none as well when the channel is closed and nothing is left.
    std::optional<T> try_receive(std::chrono::nanoseconds timeout) const { return receive(detail::after(timeout)); }

    // Receives the oldest element, waiting for one as long as it takes; none when the channel is closed and nothing is left.
    std::optional<T> receive() const { return receive(detail::forever); }

    // Ends the channel for all processes. There is no way back.
    void close() const {
        // Pairs with the acquire-load in is_closed(): what was sent before is seen by who sees the close, and looks then.
        detail::store_release<std::uint8_t>(block().bytes + closed_offset, 1);
        slots_.arrivals().advance();
        slots_.departures().advance();
    }

    // There may still be elements to receive.
    bool is_closed() const { return detail::load_acquire<std::uint8_t>(block().bytes + closed_offset) != 0; }

    std::int64_t capacity() const { return slots_.capacity(); }

    // Elements that could be received now: an estimate.
    std::int64_t size() const { return slots_.size(); }

private:
    static constexpr std::size_t header_size = 32;
    static constexpr std::size_t closed_offset = 12;

    bool send(const T& element, detail::Clock::time_point end) const {
        bool sent = false;
        slots_.departures().wait(end, [&] { return is_closed() || (sent = slots_.offer(element)); });
        return sent;
    }

    std::optional<T> receive(detail::Clock::time_point end) const {
        std::optional<T> received;
        slots_.arrivals().wait(end, [&] {
            // In this order: what is not there behind the close never comes. A sender that is still at its element is no end.
            const bool ended = is_closed() && slots_.size() == 0;
            received = slots_.poll();
            return received.has_value() || ended;
        });
        return received;
    }

    Segment::Block checked() const {
        require_bytes(block().size == header_size, "a header of 32");
        const std::string buffer = name() + "_buffer";
        if (segment_->find(name() + "_slot")) {
            throw Error("channel has no buffer, and is not reached from C++: " + describe());
        }
        await_ready([&] {
            const auto found = segment_->find(buffer);
            return found && detail::QueueSlots<T>::is_ready(*found);
        });
        const Segment::Block found = require(buffer);
        require_bytes(detail::QueueSlots<T>::fits(found), "a queue of elements of " + std::to_string(sizeof(T))
                + " bytes as its buffer");
        return found;
    }

    const detail::QueueSlots<T> slots_;
};

} // namespace zipc

#endif
