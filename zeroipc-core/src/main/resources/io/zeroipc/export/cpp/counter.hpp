#ifndef ZIPC_COUNTER_HPP
#define ZIPC_COUNTER_HPP

namespace zipc {

// A number that any number of threads of all processes change, of 64 bits, or of 32 where it was made so. It wraps. What was done
// before a change is visible to who sees it. Thread-safe.
class SharedCounter : public detail::Structure {
public:
    SharedCounter(std::shared_ptr<Segment> segment, const std::string& name)
        : Structure(std::move(segment), name, "counter", name, {}) {
        require_bytes(block().size == 8 || block().size == 4, "8, or 4");
    }

    std::int64_t get() const {
        return is_wide() ? __atomic_load_n(wide(), __ATOMIC_ACQUIRE) : __atomic_load_n(narrow(), __ATOMIC_ACQUIRE);
    }

    void set(std::int64_t value) const {
        if (is_wide()) {
            __atomic_store_n(wide(), value, __ATOMIC_RELEASE);
        } else {
            __atomic_store_n(narrow(), fitting(value), __ATOMIC_RELEASE);
        }
    }

    std::int64_t increment_and_get() const { return add_and_get(1); }

    std::int64_t decrement_and_get() const { return add_and_get(-1); }

    std::int64_t add_and_get(std::int64_t delta) const {
        return is_wide() ? __atomic_add_fetch(wide(), delta, __ATOMIC_SEQ_CST)
                         : __atomic_add_fetch(narrow(), static_cast<std::int32_t>(delta), __ATOMIC_SEQ_CST);
    }

    std::int64_t get_and_add(std::int64_t delta) const {
        return is_wide() ? __atomic_fetch_add(wide(), delta, __ATOMIC_SEQ_CST)
                         : __atomic_fetch_add(narrow(), static_cast<std::int32_t>(delta), __ATOMIC_SEQ_CST);
    }

    std::int64_t get_and_set(std::int64_t value) const {
        return is_wide() ? __atomic_exchange_n(wide(), value, __ATOMIC_SEQ_CST)
                         : __atomic_exchange_n(narrow(), fitting(value), __ATOMIC_SEQ_CST);
    }

    bool compare_and_set(std::int64_t expected, std::int64_t value) const {
        if (is_wide()) {
            return detail::compare_and_set(wide(), expected, value);
        }
        auto narrowed = static_cast<std::int32_t>(expected);
        const std::int32_t stored = fitting(value);
        return narrowed == expected && detail::compare_and_set(narrow(), narrowed, stored);
    }

    // Raises the value to this one if it is less; the new value.
    std::int64_t max_and_get(std::int64_t value) const {
        while (true) {
            const std::int64_t present = get();
            if (present >= value) {
                return present;
            }
            if (compare_and_set(present, value)) {
                return value;
            }
        }
    }

private:
    bool is_wide() const { return block().size == 8; }

    std::int64_t* wide() const { return static_cast<std::int64_t*>(static_cast<void*>(block().bytes)); }

    std::int32_t* narrow() const { return static_cast<std::int32_t*>(static_cast<void*>(block().bytes)); }

    std::int32_t fitting(std::int64_t value) const {
        if (value < INT32_MIN || value > INT32_MAX) {
            throw std::out_of_range("number does not fit the counter: " + describe() + ", value=" + std::to_string(value)
                    + " (expected: 32 bits)");
        }
        return static_cast<std::int32_t>(value);
    }
};

} // namespace zipc

#endif
