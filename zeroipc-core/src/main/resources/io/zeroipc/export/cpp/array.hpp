#ifndef ZIPC_ARRAY_HPP
#define ZIPC_ARRAY_HPP

namespace zipc {

// A fixed number of elements. Who may write which is for the programs to say: longer elements can be seen half written. Those of 4
// and 8 bytes have atomic operations as well.
template <class T> class SharedArray : public detail::Structure {
public:
    SharedArray(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "array", name, elements) {
        detail::require_element<T>();
        require_bytes(block().size >= 8, "8 + capacity * " + std::to_string(sizeof(T)));
        await_ready([this] { return detail::load_acquire<std::uint64_t>(block().bytes) != 0; });
        capacity_ = detail::load_relaxed<std::uint64_t>(block().bytes);
        require_bytes((block().size - 8) % sizeof(T) == 0 && (block().size - 8) / sizeof(T) == capacity_,
                "8 + capacity * " + std::to_string(sizeof(T)) + " with a capacity of " + std::to_string(capacity_));
    }

    std::int64_t capacity() const { return static_cast<std::int64_t>(capacity_); }

    T get(std::int64_t index) const {
        T value;
        std::memcpy(&value, at(index), sizeof(T));
        return value;
    }

    void set(std::int64_t index, const T& value) const { detail::write_element(at(index), value); }

    // All elements, one behind the other, as they are in the segment, for as long as this object is there.
    T* data() const { return static_cast<T*>(static_cast<void*>(block().bytes + 8)); }

    // What was stored before set_release is visible to who sees its value by get_acquire.
    T get_acquire(std::int64_t index) const {
        require_word();
        T value;
        __atomic_load(word(index), &value, __ATOMIC_ACQUIRE);
        return value;
    }

    void set_release(std::int64_t index, T value) const {
        require_word();
        __atomic_store(word(index), &value, __ATOMIC_RELEASE);
    }

    bool compare_and_set(std::int64_t index, T expected, T value) const {
        require_word();
        return __atomic_compare_exchange(word(index), &expected, &value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }

    // What it was before.
    T get_and_add(std::int64_t index, T delta) const {
        static_assert(std::is_integral_v<T>, "only integers are added to atomically");
        require_word();
        return __atomic_fetch_add(word(index), delta, __ATOMIC_SEQ_CST);
    }

private:
    static constexpr void require_word() {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8, "only elements of 4 and 8 bytes are atomic");
    }

    unsigned char* at(std::int64_t index) const {
        if (index < 0 || static_cast<std::uint64_t>(index) >= capacity_) {
            throw std::out_of_range("no such element: " + describe() + ", index=" + std::to_string(index) + " (expected: 0 to "
                    + std::to_string(capacity_ - 1) + ")");
        }
        return block().bytes + 8 + static_cast<std::size_t>(index) * sizeof(T);
    }

    T* word(std::int64_t index) const { return static_cast<T*>(static_cast<void*>(at(index))); }

    std::uint64_t capacity_;
};

} // namespace zipc

#endif
