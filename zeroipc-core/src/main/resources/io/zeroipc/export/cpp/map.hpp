#ifndef ZIPC_MAP_HPP
#define ZIPC_MAP_HPP

namespace zipc {

// Lookups in a map that others fill. Thread-safe.
template <class K, class V> class SharedMap : public detail::Structure {
public:
    SharedMap(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "map", name, elements), entries_(checked(), describe()) {
        detail::require_element<K>();
        detail::require_element<V>();
    }

    // The value of a key; none when it is not there. Throws StructureBusy when somebody has begun to change it and does not finish.
    std::optional<V> get(const K& key) const {
        std::optional<V> value(std::in_place);
        return entries_.find(key, *value) ? value : std::nullopt;
    }

    // The value of a key; if_absent when it is not there.
    V get_or_default(const K& key, const V& if_absent) const { return get(key).value_or(if_absent); }

    bool contains_key(const K& key) const { return get(key).has_value(); }

    std::int64_t capacity() const { return entries_.capacity(); }

    // Keys in the map: an estimate.
    std::int64_t size() const { return entries_.size(); }

    bool is_empty() const { return size() == 0; }

private:
    using Entries = detail::HashEntries<K, V>;

    const Segment::Block& checked() const {
        await_ready([this] { return Entries::is_ready(block()); });
        require_bytes(Entries::fits(block()), "a map of keys of " + std::to_string(sizeof(K)) + " bytes and values of "
                + std::to_string(sizeof(V)));
        return block();
    }

    const Entries entries_;
};

} // namespace zipc

#endif
