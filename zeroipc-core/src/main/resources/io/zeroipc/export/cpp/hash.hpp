#ifndef ZIPC_HASH_HPP
#define ZIPC_HASH_HPP

namespace zipc {
namespace detail {

struct NoValue {};

// An entry of a map or set, as it lies in the segment.
template <class K, class V> struct HashEntry {
    std::uint32_t state;
    K key;
    V value;
};
template <class K> struct HashEntry<K, NoValue> {
    std::uint32_t state;
    K key;
};

// Lookups in the entries of a map or set. They write nothing: an entry is copied, and then looked at again. Thread-safe.
template <class K, class V> class HashEntries {
public:
    static constexpr bool has_value = !std::is_same_v<V, NoValue>;
    using Entry = HashEntry<K, V>;

    static bool fits(const Segment::Block& block) {
        if (block.size < header_size) {
            return false;
        }
        const std::uint64_t capacity = load_relaxed<std::uint32_t>(block.bytes + 4);
        return capacity >= 1 && capacity <= (std::uint64_t{1} << 30) && load_relaxed<std::uint32_t>(block.bytes + 8) == sizeof(K)
                && load_relaxed<std::uint32_t>(block.bytes + 12) == (has_value ? sizeof(V) : 0)
                && block.size == header_size + sizeof(Entry) * capacity;
    }

    static bool is_ready(const Segment::Block& block) {
        return block.size >= header_size && load_acquire<std::uint32_t>(block.bytes + 4) != 0
                && load_acquire<std::uint32_t>(block.bytes + 8) != 0
                && (!has_value || load_acquire<std::uint32_t>(block.bytes + 12) != 0);
    }

    // block: one that fits; label: for messages
    HashEntries(const Segment::Block& block, std::string label)
        : block_(block), label_(std::move(label)), capacity_(load_relaxed<std::uint32_t>(block.bytes + 4)) {}

    std::uint32_t capacity() const { return capacity_; }

    // Between nothing and all: who counts after he publishes lets it fall below zero for a moment.
    std::int64_t size() const {
        const auto size = static_cast<std::int32_t>(load_acquire<std::uint32_t>(block_.bytes));
        return std::max(0, std::min(size, static_cast<std::int32_t>(capacity_)));
    }

    // Puts into value what stands beside the key; false when there is no such key.
    bool find(const K& wanted, V& value) const {
        const ElementBytes<K> key(wanted);
        const std::uint64_t hash = hash_of(key);
        int looks = 0;
        for (std::uint64_t step = 0; step < capacity_; ++step) {
            const unsigned char* entry = block_.bytes + header_size + (hash + step) % capacity_ * sizeof(Entry);
            while (true) {
                // Pairs with the release-store of who fills the entry: key and value are there.
                const std::uint32_t state = load_acquire<std::uint32_t>(entry);
                if (state == empty) {
                    return false; // the end of the key's chain
                }
                if (state == deleted || !has_key(entry, key)) {
                    break;
                }
                if (state != occupied && state != inserting) {
                    throw Error("state of an entry is damaged: " + label_ + ", state=" + std::to_string(state)
                            + " (expected: 0 to 3)");
                }
                if (state == occupied && copy(entry, key, value)) {
                    return true;
                }
                // Somebody works on this very key, or did while it was copied.
                pause(looks++);
            }
        }
        return false;
    }

private:
    static constexpr std::size_t header_size = 16;
    static constexpr std::uint32_t empty = 0;
    static constexpr std::uint32_t occupied = 1;
    static constexpr std::uint32_t deleted = 2;
    static constexpr std::uint32_t inserting = 3;

    static bool has_key(const unsigned char* entry, const ElementBytes<K>& key) {
        const unsigned char* at = entry + offsetof(Entry, key);
        if constexpr (std::is_arithmetic_v<K>) {
            K found;
            std::memcpy(&found, at, sizeof(K));
            return found == key.element();
        } else {
            return std::memcmp(at, key.data(), sizeof(K)) == 0;
        }
    }

    // Whether that is the value of the key. The bytes have no version: between two looks the key may have been removed, another one
    // put in its place, and the first one put back. So it is looked at more often than once, and has to be the same each time.
    static bool copy(const unsigned char* entry, const ElementBytes<K>& key, V& value) {
        if constexpr (has_value) {
            constexpr int looks_in_doubt = 8;
            copy_value(entry, value);
            for (int i = 0; i < looks_in_doubt; ++i) {
                if (!is_still(entry, key)) {
                    return false;
                }
                V again;
                copy_value(entry, again);
                if (std::memcmp(&again, &value, sizeof(V)) != 0) {
                    return false;
                }
            }
        }
        return is_still(entry, key);
    }

    static bool is_still(const unsigned char* entry, const ElementBytes<K>& key) {
        // What was read before was read before the state and the key are looked at again.
        std::atomic_thread_fence(std::memory_order_acquire);
        const bool still = load_acquire<std::uint32_t>(entry) == occupied && has_key(entry, key);
        std::atomic_thread_fence(std::memory_order_acquire);
        return still;
    }

    // In one access where that is possible, so that it is no mixture of two.
    static void copy_value(const unsigned char* entry, V& value) {
        const unsigned char* at = entry + offsetof(Entry, value);
        if constexpr ((sizeof(V) == 8 || sizeof(V) == 4 || sizeof(V) == 2) && offsetof(Entry, value) % sizeof(V) == 0
                && sizeof(Entry) % sizeof(V) == 0) {
            using Word = std::conditional_t<sizeof(V) == 8, std::uint64_t,
                    std::conditional_t<sizeof(V) == 4, std::uint32_t, std::uint16_t>>;
            const Word word = load_relaxed<Word>(at);
            std::memcpy(&value, &word, sizeof(V));
        } else {
            std::memcpy(&value, at, sizeof(V));
        }
    }

    // About a second in all.
    void pause(int looks) const {
        if (looks < 10000) {
            std::this_thread::yield();
        } else if (looks < 11000) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        } else {
            throw StructureBusy("somebody has begun to change what was asked for, and has not finished: " + label_
                    + " (a stopped thread goes on some time, so try again)");
        }
    }

    static std::uint64_t hash_of(const ElementBytes<K>& key) {
        if constexpr (std::is_integral_v<K>) {
            // Sign-extended where its type is signed.
            return static_cast<std::uint64_t>(key.element()) * 2654435761u;
        } else {
            return hash_of_bytes(key.data(), sizeof(K));
        }
    }

    // MurmurHash64A with the seed of libstdc++.
    static std::uint64_t hash_of_bytes(const void* key, std::size_t length) {
        constexpr std::uint64_t mix = 0xC6A4A7935BD1E995;
        const auto shifted = [](std::uint64_t word) { return word ^ word >> 47; };
        const auto* bytes = static_cast<const unsigned char*>(key);
        std::uint64_t hash = 0xC70F6907 ^ length * mix;
        std::size_t at = 0;
        for (; at + 8 <= length; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, bytes + at, 8);
            hash = (hash ^ shifted(word * mix) * mix) * mix;
        }
        if (at < length) {
            std::uint64_t rest = 0;
            std::memcpy(&rest, bytes + at, length - at);
            hash = (hash ^ rest) * mix;
        }
        return shifted(shifted(hash) * mix);
    }

    const Segment::Block block_;
    const std::string label_;
    const std::uint32_t capacity_;
};

} // namespace detail
} // namespace zipc

#endif
