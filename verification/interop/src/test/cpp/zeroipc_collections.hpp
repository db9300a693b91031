// Stacks, sets, maps and pools, each written from its page in docs/format. Where a page says that C++ does something in
// another way than Java, this is the way of C++; only the waiting has no end here.
#pragma once

#include <string_view>
#include <type_traits>

#include "zeroipc_structures.hpp"

namespace peer {

// stack.md: moves `top` first and owns the slot then ------------------------------------------------------------------------

template <class T> class Stack {
  public:
    static Part part(const std::string& name, uint32_t capacity) {
        return {name, states_of(capacity) + 4 * capacity, [=](const Block& block) {
                    *block.at<std::int32_t>(0) = -1;
                    *block.at<uint32_t>(4) = capacity;
                    *block.at<uint32_t>(8) = sizeof(T);
                }};
    }

    explicit Stack(const Block& block)
        : top_(block.at<std::int32_t>(0)), capacity_(*block.at<std::int32_t>(4)), slots_(block.base + 16),
          states_(block.at<uint32_t>(states_of(static_cast<uint64_t>(capacity_)))) {
        const auto capacity = static_cast<uint64_t>(capacity_);
        if (*block.at<uint32_t>(8) != sizeof(T) || block.size != states_of(capacity) + 4 * capacity) {
            fail("not a stack of such elements");
        }
    }

    bool push(const T& element) {
        std::int32_t t;
        do {
            t = load(top_);
            if (t + 1 >= capacity_) {
                return false;
            }
        } while (!compare_and_set(top_, t, t + 1));
        own(t + 1, EMPTY, WRITING);
        std::memcpy(slot(t + 1), &element, sizeof(T));
        store_release(states_ + t + 1, READY);
        return true;
    }

    bool pop(T& element) {
        std::int32_t t;
        do {
            t = load(top_);
            if (t < 0) {
                return false;
            }
        } while (!compare_and_set(top_, t, t - 1));
        own(t, READY, READING);
        std::memcpy(static_cast<void*>(&element), slot(t), sizeof(T));
        store_release(states_ + t, EMPTY);
        return true;
    }

  private:
    static constexpr uint32_t EMPTY = 0, WRITING = 1, READY = 2, READING = 3;

    std::int32_t* top_;
    std::int32_t capacity_;
    unsigned char* slots_;
    uint32_t* states_;

    static uint64_t states_of(uint64_t capacity) { return 16 + up(sizeof(T) * capacity, 8); }
    unsigned char* slot(std::int32_t index) { return slots_ + static_cast<uint64_t>(index) * sizeof(T); }

    void own(std::int32_t index, uint32_t from, uint32_t to) {
        while (!acquire_change(states_ + index, from, to)) {
            pause();
        }
    }

    static bool acquire_change(uint32_t* word, uint32_t from, uint32_t to) {
        return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    }
};

// set.md --------------------------------------------------------------------------------------------------------------------

template <class T> uint64_t hash_of(const T& value) {
    if constexpr (std::is_integral_v<T>) {
        return static_cast<uint64_t>(value) * 2654435761u;
    } else {
        return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&value), sizeof value});
    }
}

template <class T> bool equal(const T& one, const T& other) {
    if constexpr (std::is_arithmetic_v<T>) {
        return one == other;
    } else {
        return std::memcmp(&one, &other, sizeof one) == 0;
    }
}

// What sets and maps have in common: E begins with `state` and `key`.
template <class E> class HashTable {
  public:
    static Part part(const std::string& name, uint32_t capacity, uint32_t key_size, uint32_t value_size) {
        return {name, 16 + sizeof(E) * uint64_t{capacity}, [=](const Block& block) {
                    *block.at<uint32_t>(4) = capacity;
                    *block.at<uint32_t>(8) = key_size;
                    *block.at<uint32_t>(12) = value_size;
                }};
    }

    HashTable(const Block& block, uint32_t key_size, uint32_t value_size)
        : size_(block.at<uint32_t>(0)), capacity_(*block.at<uint32_t>(4)), entries_(block.at<E>(16)) {
        if (*block.at<uint32_t>(8) != key_size || *block.at<uint32_t>(12) != value_size ||
            block.size != 16 + sizeof(E) * capacity_) {
            fail("not a table of such elements");
        }
    }

    template <class K> E* find(const K& key) {
        const uint64_t first = hash_of(key);
        for (uint64_t i = 0; i < capacity_; ++i) {
            E& entry = entries_[(first + i) % capacity_];
            const uint32_t state = load_acquire(&entry.state);
            if (state == EMPTY) {
                return nullptr;
            }
            if (state == OCCUPIED && equal(entry.key, key)) {
                return &entry;
            }
        }
        return nullptr;
    }

    // True when it was not there. `there` gets the entry that was, `write` the new one, to fill it.
    template <class K, class P, class W> bool add(const K& key, P there, W write) {
        while (true) {
            E* free = nullptr;
            const uint64_t first = hash_of(key);
            for (uint64_t i = 0; i < capacity_; ++i) {
                E& entry = entries_[(first + i) % capacity_];
                uint32_t state = load_acquire(&entry.state);
                while (state == INSERTING) {
                    pause();
                    state = load_acquire(&entry.state);
                }
                if (state == OCCUPIED && equal(entry.key, key)) {
                    if (there(entry)) {
                        return false;
                    }
                    free = nullptr;
                    break;
                }
                if (state != OCCUPIED && free == nullptr) {
                    free = &entry;
                }
                if (state == EMPTY) {
                    break;
                }
                if (i + 1 == capacity_ && free == nullptr) {
                    fail("table is full");
                }
            }
            if (free != nullptr && own(*free)) {
                std::memcpy(static_cast<void*>(&free->key), &key, sizeof key);
                write(*free);
                store_release(&free->state, OCCUPIED);
                __atomic_add_fetch(size_, 1, __ATOMIC_RELAXED);
                return true;
            }
        }
    }

    bool remove(E* entry) {
        if (entry == nullptr || !change(entry->state, OCCUPIED, DELETED)) {
            return false;
        }
        __atomic_sub_fetch(size_, 1, __ATOMIC_RELAXED);
        return true;
    }

    static bool replace(E& entry) { return change(entry.state, OCCUPIED, INSERTING); }
    static void publish(E& entry) { store_release(&entry.state, OCCUPIED); }

  private:
    static constexpr uint32_t EMPTY = 0, OCCUPIED = 1, DELETED = 2, INSERTING = 3;

    uint32_t* size_;
    uint64_t capacity_;
    E* entries_;

    static bool own(E& entry) { return change(entry.state, EMPTY, INSERTING) || change(entry.state, DELETED, INSERTING); }

    static bool change(uint32_t& state, uint32_t from, uint32_t to) {
        return __atomic_compare_exchange_n(&state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
};

template <class T> class Set {
    struct Entry {
        uint32_t state;
        T key;
    };

  public:
    static Part part(const std::string& name, uint32_t capacity) {
        return HashTable<Entry>::part(name, capacity, sizeof(T), 0);
    }

    explicit Set(const Block& block) : table_(block, sizeof(T), 0) {}

    bool add(const T& element) {
        return table_.add(element, [](Entry&) { return true; }, [](Entry&) {});
    }
    bool contains(const T& element) { return table_.find(element) != nullptr; }
    bool remove(const T& element) { return table_.remove(table_.find(element)); }

  private:
    HashTable<Entry> table_;
};

// map.md --------------------------------------------------------------------------------------------------------------------

template <class K, class V> class Map {
    struct Entry {
        uint32_t state;
        K key;
        V value;
    };

  public:
    static Part part(const std::string& name, uint32_t capacity) {
        return HashTable<Entry>::part(name, capacity, sizeof(K), sizeof(V));
    }

    explicit Map(const Block& block) : table_(block, sizeof(K), sizeof(V)) {}

    // True when the key was not there.
    bool put(const K& key, const V& value) {
        return table_.add(
            key,
            [&](Entry& entry) {
                if (!HashTable<Entry>::replace(entry)) {
                    return false;
                }
                entry.value = value;
                HashTable<Entry>::publish(entry);
                return true;
            },
            [&](Entry& entry) { entry.value = value; });
    }

    bool get(const K& key, V& value) {
        const Entry* entry = table_.find(key);
        if (entry != nullptr) {
            value = entry->value;
        }
        return entry != nullptr;
    }

    bool remove(const K& key) { return table_.remove(table_.find(key)); }

  private:
    HashTable<Entry> table_;
};

// pool.md -------------------------------------------------------------------------------------------------------------------

template <class T> class Pool {
    struct Node {
        T data;
        uint32_t next;
    };

  public:
    static constexpr uint32_t NONE = 0xFFFFFFFF;

    static Part part(const std::string& name, uint32_t capacity) {
        return {name, 24 + sizeof(Node) * uint64_t{capacity}, [=](const Block& block) {
                    *block.at<uint32_t>(16) = capacity;
                    *block.at<uint32_t>(20) = sizeof(T);
                    for (uint32_t i = 0; i < capacity; ++i) {
                        block.at<Node>(24)[i].next = i + 1 < capacity ? i + 1 : NONE;
                    }
                }};
    }

    explicit Pool(const Block& block)
        : head_(block.at<uint64_t>(0)), allocated_(block.at<uint32_t>(8)), capacity_(*block.at<uint32_t>(16)),
          nodes_(block.at<Node>(24)) {
        if (*block.at<uint32_t>(20) != sizeof(T) || block.size != 24 + sizeof(Node) * uint64_t{capacity_}) {
            fail("not a pool of such elements");
        }
    }

    uint32_t capacity() const { return capacity_; }

    uint32_t allocate() {
        while (true) {
            const uint64_t head = load_acquire(head_);
            const auto index = static_cast<uint32_t>(head);
            if (index == NONE) {
                return NONE;
            }
            if (change(head, load(&nodes_[index].next))) {
                __atomic_add_fetch(allocated_, 1, __ATOMIC_RELAXED);
                return index;
            }
        }
    }

    // As C++ programs do it: nobody looks whether the node is free already.
    void free(uint32_t index) {
        uint64_t head;
        do {
            head = load_acquire(head_);
            store(&nodes_[index].next, static_cast<uint32_t>(head));
        } while (!change(head, index));
        __atomic_sub_fetch(allocated_, 1, __ATOMIC_RELAXED);
    }

    T& data(uint32_t index) {
        if (index >= capacity_) {
            fail("no such node");
        }
        return nodes_[index].data;
    }

  private:
    uint64_t* head_;
    uint32_t* allocated_;
    uint32_t capacity_;
    Node* nodes_;

    bool change(uint64_t head, uint32_t index) {
        const uint64_t next = ((head >> 32) + 1) << 32 | index;
        return __atomic_compare_exchange_n(head_, &head, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
};

} // namespace peer
