#ifndef ZIPC_RING_HPP
#define ZIPC_RING_HPP

namespace zipc {

// Elements in the order they were written, between one writer and one reader; or, where it is overwritten, a history of the newest
// elements, which any number of cursors follow. The ring is thread-safe; writers, readers and cursors are for one thread at a time.
template <class T> class SharedRing : public detail::Structure {
public:
    class Writer;
    class Reader;
    class Cursor;

    SharedRing(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "ring", name, elements), arrivals_(segment_->arrivals(block())),
          departures_(segment_->departures(block())) {
        detail::require_element<T>();
        const std::string expected = "24 + whole elements of " + std::to_string(sizeof(T));
        require_bytes(block().size >= data_offset + sizeof(T), expected);
        await_ready([this] { return size_at(16) != 0 && size_at(20) != 0; });
        capacity_ = size_at(16);
        require_bytes(size_at(20) == sizeof(T) && capacity_ % sizeof(T) == 0 && block().size == data_offset + capacity_, expected);
    }

    // Elements that it has room for.
    std::int64_t capacity() const { return static_cast<std::int64_t>(capacity_ / sizeof(T)); }

    // Elements that were ever written.
    std::int64_t total_written() const {
        return static_cast<std::int64_t>(detail::load_acquire<std::uint64_t>(write_at()) / sizeof(T));
    }

    // Whether the writer overwrites, as the catalogue beside the segment says.
    bool is_overwriting() const { return overwrites(); }

    // Takes the writer's role, until the writer ends. It overwrites where the catalogue says that the ring is such a one.
    Writer writer() const { return Writer(*this, overwrites()); }

    // As writer(), where there is no catalogue that could say so.
    Writer overwriting_writer() const { return Writer(*this, true); }

    // Takes the reader's role, until the reader ends.
    Reader reader() const {
        if (overwrites()) {
            throw Error("ring is overwritten and has no reader: " + describe() + " (follow it with a cursor)");
        }
        return Reader(*this);
    }

    // From the oldest element on; newest: from the next one on.
    Cursor cursor(bool newest = false) const { return Cursor(*this, newest); }

private:
    static constexpr std::size_t data_offset = 24;

    unsigned char* write_at() const { return block().bytes; }

    unsigned char* read_at() const { return block().bytes + 8; }

    unsigned char* slot(std::uint64_t position) const { return block().bytes + data_offset + position % capacity_; }

    std::uint32_t size_at(std::size_t offset) const { return detail::load_acquire<std::uint32_t>(block().bytes + offset); }

    // A position that somebody else stores. Programs in Python clear it for a moment: one of 0 that cannot be is looked at again.
    static std::uint64_t foreign(const unsigned char* at, bool can_be_zero) {
        // Pairs with the other side's release-store: the elements before the position are whole, or their slots are free.
        std::uint64_t position = detail::load_acquire<std::uint64_t>(at);
        for (int looks = 0; position == 0 && !can_be_zero && looks < 100; ++looks) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            position = detail::load_acquire<std::uint64_t>(at);
        }
        return position;
    }

    // Between a position and an earlier one: whole elements, as many as there is room for at most. So nothing that others store
    // leads out of the block.
    std::uint64_t distance(std::uint64_t write, std::uint64_t read) const {
        const std::uint64_t distance = write - read;
        if (distance > capacity_ || distance % sizeof(T) != 0) {
            throw damaged(write, read);
        }
        return distance;
    }

    Error damaged(std::uint64_t write, std::uint64_t read) const {
        return Error("ring positions are damaged: " + describe() + ", write_pos=" + std::to_string(write) + ", read_pos="
                + std::to_string(read) + ", capacity in bytes=" + std::to_string(capacity_) + ", element size="
                + std::to_string(sizeof(T)) + " (expected: whole elements, and at most a capacity between them; another program "
                "reset the ring or wrote over it, or there are two on the same side)");
    }

    void require_whole(std::uint64_t position, std::uint64_t other) const {
        if (position % sizeof(T) != 0) {
            throw damaged(position, other);
        }
    }

    const detail::EventCount arrivals_;
    const detail::EventCount departures_;
    std::uint64_t capacity_ = 0;
};

template <class T> class SharedRing<T>::Writer {
public:
    Writer(const SharedRing& ring, bool overwrite)
        : ring_(ring), overwrite_(overwrite), role_(*ring.segment(), ring.block().offset, 0, "writer", ring.describe()) {
        if (overwrite) {
            // It moves read_pos as well.
            reader_role_.emplace(*ring.segment(), ring.block().offset, 1, "reader", ring.describe());
        }
        write_ = detail::load_acquire<std::uint64_t>(ring_.write_at());
        read_ = detail::load_acquire<std::uint64_t>(ring_.read_at());
        ring_.distance(write_, read_);
        ring_.require_whole(write_, read_);
    }

    // False when the ring is full; one that is overwritten never is.
    bool offer(const T& element) {
        if (write_ + sizeof(T) - read_ > ring_.capacity_ && !make_room()) {
            return false;
        }
        detail::write_element(ring_.slot(write_), element);
        write_ += sizeof(T);
        // Pairs with the acquire-load of write_pos of reader and cursors: who sees the position sees the element.
        detail::store_release<std::uint64_t>(ring_.write_at(), write_);
        ring_.arrivals_.advance();
        return true;
    }

    // As offer, waiting for room, at most so long.
    bool offer(const T& element, std::chrono::nanoseconds timeout) {
        return ring_.departures_.wait(detail::after(timeout), [&] { return offer(element); });
    }

    // Waits for room as long as it takes.
    void put(const T& element) {
        ring_.departures_.wait(detail::forever, [&] { return offer(element); });
    }

private:
    bool make_room() {
        if (overwrite_) {
            read_ = write_ + sizeof(T) - ring_.capacity_;
            // Says that the oldest element is about to be overwritten. The release keeps it from being seen before the write_pos
            // in front of it.
            detail::store_release<std::uint64_t>(ring_.read_at(), read_);
            // Pairs with the cursor's fence: whoever has copied a byte of what is written from here on sees the position above.
            // The release-store does not do that: it orders what comes before it.
            std::atomic_thread_fence(std::memory_order_release);
            return true;
        }
        const std::uint64_t found = foreign(ring_.read_at(), write_ <= ring_.capacity_);
        ring_.distance(write_, found);
        read_ = found;
        return write_ + sizeof(T) - read_ <= ring_.capacity_;
    }

    const SharedRing ring_;
    const bool overwrite_;
    detail::Role role_;
    std::optional<detail::Role> reader_role_;
    // write_pos, which nobody else changes.
    std::uint64_t write_ = 0;
    // read_pos as it was seen last.
    std::uint64_t read_ = 0;
};

template <class T> class SharedRing<T>::Reader {
public:
    explicit Reader(const SharedRing& ring)
        : ring_(ring), role_(*ring.segment(), ring.block().offset, 1, "reader", ring.describe()) {
        read_ = detail::load_acquire<std::uint64_t>(ring_.read_at());
        write_ = detail::load_acquire<std::uint64_t>(ring_.write_at());
        ring_.distance(write_, read_);
        ring_.require_whole(read_, write_);
    }

    // The next element; none when there is none.
    std::optional<T> poll() {
        if (write_ == read_ && !refresh()) {
            return std::nullopt;
        }
        std::optional<T> element(std::in_place);
        std::memcpy(&*element, ring_.slot(read_), sizeof(T));
        read_ += sizeof(T);
        // Pairs with the writer's acquire-load of read_pos: it does not touch the slot before we have read it.
        detail::store_release<std::uint64_t>(ring_.read_at(), read_);
        ring_.departures_.advance();
        return element;
    }

    // As poll, waiting for an element, at most so long.
    std::optional<T> poll(std::chrono::nanoseconds timeout) {
        return ring_.arrivals_.wait(detail::after(timeout), [&] { return poll(); });
    }

    // Waits for an element as long as it takes.
    T take() {
        return *ring_.arrivals_.wait(detail::forever, [&] { return poll(); });
    }

private:
    bool refresh() {
        const std::uint64_t found = foreign(ring_.write_at(), read_ == 0);
        ring_.distance(found, read_);
        write_ = found;
        return write_ != read_;
    }

    const SharedRing ring_;
    detail::Role role_;
    // read_pos, which nobody else changes.
    std::uint64_t read_ = 0;
    // write_pos as it was seen last.
    std::uint64_t write_ = 0;
};

// Follows a ring and takes nothing from it. A slow one loses elements where the ring is overwritten, and knows how many.
template <class T> class SharedRing<T>::Cursor {
public:
    Cursor(const SharedRing& ring, bool newest) : ring_(ring) {
        const std::uint64_t written = detail::load_acquire<std::uint64_t>(ring_.write_at());
        position_ = newest ? written : oldest(written);
        ring_.require_whole(position_, written);
    }

    // The next element; none when there is none.
    std::optional<T> poll() {
        constexpr int attempts = 8;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            const std::uint64_t written = foreign(ring_.write_at(), position_ == 0);
            const std::uint64_t ahead = written - position_;
            if (ahead == 0) {
                return std::nullopt;
            }
            if (static_cast<std::int64_t>(ahead) < 0 || ahead % sizeof(T) != 0) {
                throw ring_.damaged(written, position_);
            }
            if (ahead <= ring_.capacity_) {
                std::optional<T> element(std::in_place);
                std::memcpy(&*element, ring_.slot(position_), sizeof(T));
                // Pairs with the writer's fence behind read_pos: if a byte above is newer than our element, the load below sees
                // a read_pos beyond it.
                std::atomic_thread_fence(std::memory_order_acquire);
                if (static_cast<std::int64_t>(oldest(written) - position_) <= 0) {
                    position_ += sizeof(T);
                    return element;
                }
            }
            skip(written, attempt);
        }
        return std::nullopt;
    }

    // As poll, waiting for an element, at most so long.
    std::optional<T> poll(std::chrono::nanoseconds timeout) {
        return ring_.arrivals_.wait(detail::after(timeout), [&] { return poll(); });
    }

    // Waits for an element as long as it takes.
    T take() {
        return *ring_.arrivals_.wait(detail::forever, [&] { return poll(); });
    }

    // Elements that were overwritten before this cursor came to them.
    std::int64_t lost() const { return static_cast<std::int64_t>(lost_ / sizeof(T)); }

    // Elements that were written and not yet seen: an estimate.
    std::int64_t lag() const {
        const auto ahead = static_cast<std::int64_t>(detail::load_acquire<std::uint64_t>(ring_.write_at()) - position_);
        return std::max<std::int64_t>(0, ahead) / static_cast<std::int64_t>(sizeof(T));
    }

private:
    // read_pos, for who has seen that write_pos: it may be far beyond that by now.
    std::uint64_t oldest(std::uint64_t written) const {
        const std::uint64_t found = foreign(ring_.read_at(), written <= ring_.capacity_);
        if (static_cast<std::int64_t>(written - found) > static_cast<std::int64_t>(ring_.capacity_)) {
            throw ring_.damaged(written, found);
        }
        return found;
    }

    // Goes on at the oldest element, and nearer to the newest each time, as the oldest is the next one to be overwritten.
    void skip(std::uint64_t written, int attempt) {
        const std::uint64_t from = oldest(written);
        const std::uint64_t newest = foreign(ring_.write_at(), from == 0);
        if (static_cast<std::int64_t>(newest - from) < 0 || (from - position_) % sizeof(T) != 0) {
            throw ring_.damaged(newest, from);
        }
        std::uint64_t target = static_cast<std::int64_t>(from - position_) > 0 ? from : position_;
        const auto behind = static_cast<std::int64_t>(newest - target) / static_cast<std::int64_t>(sizeof(T));
        if (attempt > 0 && behind > 1) {
            target += static_cast<std::uint64_t>(std::min(behind - behind / (attempt + 1), behind - 1)) * sizeof(T);
        }
        lost_ += target - position_;
        position_ = target;
    }

    const SharedRing ring_;
    std::uint64_t position_ = 0;
    std::uint64_t lost_ = 0;
};

} // namespace zipc

#endif
