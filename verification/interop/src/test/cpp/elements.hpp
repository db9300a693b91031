// The elements of the tests: the bytes of elements.md, and their text in commands and answers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "deal.hpp"
#include "zeroipc_segment.hpp"

namespace elements {

using std::int32_t;
using std::int64_t;
using std::string;
using std::uint64_t;

// The example of elements.md.
struct Reading {
    std::int8_t kind;
    char unit[5];
    std::uint16_t sensor;
    double value;
    bool valid;
};
static_assert(sizeof(Reading) == 24);

// What travels where traffic is checked: the check says whether the other two belong together.
struct Parcel {
    int32_t producer;
    int64_t sequence;
    uint64_t check;

    static constexpr int32_t END = -1;

    static uint64_t check_of(int32_t producer, int64_t sequence) {
        return static_cast<uint64_t>(sequence) * 0x9E3779B97F4A7C15 ^ static_cast<uint64_t>(int64_t{producer});
    }
    static Parcel of(int32_t producer, int64_t sequence) {
        Parcel parcel{};
        parcel.producer = producer;
        parcel.sequence = sequence;
        parcel.check = check_of(producer, sequence);
        return parcel;
    }
    bool whole() const { return check == check_of(producer, sequence); }
};
static_assert(sizeof(Parcel) == 24);

// A value long enough to be torn: all of it follows from its number.
struct Sample {
    int64_t number;
    std::array<int64_t, 30> noise;
    int64_t sum;

    static Sample of(int64_t number) {
        Sample sample{number, {}, 0};
        uint64_t sum = 0;
        for (std::size_t i = 0; i < sample.noise.size(); ++i) {
            sample.noise[i] = static_cast<int64_t>((static_cast<uint64_t>(number) + i) * 0x9E3779B97F4A7C15);
            sum += static_cast<uint64_t>(sample.noise[i]);
        }
        sample.sum = static_cast<int64_t>(sum);
        return sample;
    }
    bool whole() const {
        const Sample expected = of(number);
        return std::memcmp(this, &expected, sizeof expected) == 0;
    }
    // The same for whoever checks traffic.
    Parcel parcel() const {
        Parcel same = Parcel::of(number < 0 ? Parcel::END : 0, number);
        same.check += whole() ? 0 : 1;
        return same;
    }
};
static_assert(sizeof(Sample) == 256);

template <class T> T parse(const string& text) {
    if constexpr (std::is_same_v<T, Reading>) {
        T reading{};
        std::istringstream in(text);
        string field;
        std::getline(in, field, '/');
        reading.kind = static_cast<std::int8_t>(std::stoi(field));
        std::getline(in, field, '/');
        std::memcpy(reading.unit, field.data(), std::min(field.size(), sizeof reading.unit));
        std::getline(in, field, '/');
        reading.sensor = static_cast<std::uint16_t>(std::stoi(field));
        std::getline(in, field, '/');
        reading.value = std::stod(field);
        std::getline(in, field, '/');
        reading.valid = field == "true";
        return reading;
    } else if constexpr (std::is_same_v<T, Deal>) {
        return deal::parse(text);
    } else if constexpr (std::is_same_v<T, Parcel>) {
        return Parcel::of(std::stoi(text), std::stoll(text.substr(text.find('/') + 1)));
    } else if constexpr (std::is_same_v<T, Sample>) {
        return Sample::of(std::stoll(text));
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(std::stod(text));
    } else {
        return static_cast<T>(std::stoll(text));
    }
}

template <class T> string text(const T& value) {
    std::ostringstream out;
    out.precision(17);
    if constexpr (std::is_same_v<T, Deal>) {
        out << deal::text(value);
    } else if constexpr (std::is_same_v<T, Reading>) {
        out << int{value.kind} << '/' << string(value.unit, strnlen(value.unit, sizeof value.unit)) << '/' << value.sensor
            << '/' << value.value << '/' << (value.valid ? "true" : "false");
    } else if constexpr (std::is_same_v<T, Parcel>) {
        out << value.producer << '/' << value.sequence << (value.whole() ? "" : "/damaged");
    } else if constexpr (std::is_same_v<T, Sample>) {
        out << value.number << (value.whole() ? "" : "/damaged");
    } else if constexpr (sizeof(T) == 1) {
        out << int{value};
    } else {
        out << value;
    }
    return out.str();
}

template <class... V> string joined(const V&... values) {
    string line;
    ((line += (line.empty() ? "" : " ") + text(values)), ...);
    return line;
}

template <class T> string texts(const std::vector<T>& values) {
    string line;
    for (const T& value : values) {
        line += (line.empty() ? "" : " ") + text(value);
    }
    return line;
}

// Calls f with a value of the type that is called so.
template <class F> string with_type(const string& name, F f) {
    if (name == "int8") return f(std::int8_t{});
    if (name == "int32") return f(int32_t{});
    if (name == "int64") return f(int64_t{});
    if (name == "float64") return f(double{});
    if (name == "reading") return f(Reading{});
    if (name == "deal") return f(Deal{});
    if (name == "parcel") return f(Parcel{});
    if (name == "sample") return f(Sample{});
    peer::fail("unknown type " + name);
}

// What consumers and observers of parcels find out.
struct Findings {
    int64_t received = 0;
    int64_t disordered = 0;
    int64_t damaged = 0;
    std::map<int32_t, int64_t> last;

    // False at the end of the traffic.
    bool see(const Parcel& parcel) {
        if (!parcel.whole()) {
            ++damaged;
            return true;
        }
        if (parcel.producer == Parcel::END) {
            return false;
        }
        ++received;
        const auto [at, first] = last.emplace(parcel.producer, -1);
        if (parcel.sequence <= at->second) {
            ++disordered;
        }
        at->second = parcel.sequence;
        return true;
    }
    string text() const { return joined(received, disordered, damaged); }
};

} // namespace elements
