#ifndef ZIPC_SET_HPP
#define ZIPC_SET_HPP

namespace zipc {

// Lookups in a set that others fill. Thread-safe.
template <class T> class SharedSet : public detail::Structure {
public:
    SharedSet(std::shared_ptr<Segment> segment, const std::string& name, const detail::Elements& elements = {})
        : Structure(std::move(segment), name, "set", name, elements), entries_(checked(), describe()) {
        detail::require_element<T>();
    }

    // Throws StructureBusy when somebody has begun to add or remove the element and does not finish.
    bool contains(const T& element) const {
        detail::NoValue nothing;
        return entries_.find(element, nothing);
    }

    std::int64_t capacity() const { return entries_.capacity(); }

    // Elements in the set: an estimate.
    std::int64_t size() const { return entries_.size(); }

    bool is_empty() const { return size() == 0; }

private:
    using Entries = detail::HashEntries<T, detail::NoValue>;

    const Segment::Block& checked() const {
        await_ready([this] { return Entries::is_ready(block()); });
        require_bytes(Entries::fits(block()), "a set of elements of " + std::to_string(sizeof(T)) + " bytes");
        return block();
    }

    const Entries entries_;
};

} // namespace zipc

#endif
