// The record with every identifier, time and decimal of elements.md, and both ways to store that there is none.
#pragma once

#include <climits>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

namespace elements {

struct Span {
    std::int64_t from;
    std::int64_t to; // INT64_MIN: none
};

struct Deal {
    std::uint8_t id[16];
    std::int64_t at;
    std::int64_t took;
    std::int64_t due;
    std::int64_t shown;
    std::int64_t price; // of 2 digits
    std::uint8_t parent[16]; // zeroes: none
    std::int64_t settled; // INT64_MIN: none
    std::int64_t expiry; // INT64_MIN: none
    std::int64_t fee; // of 4 digits; INT64_MIN: none
    double weight; // NaN: none
    std::int16_t lot; // INT16_MIN: none
    std::optional<std::int32_t> venue;
    std::optional<std::int64_t> seen;
    std::optional<std::int64_t> rebate; // of 3 digits
    struct Note {
        char text[5];
    };
    std::optional<Note> note;
    Span span;
};
static_assert(sizeof(Deal) == 176 && alignof(Deal) == 8);

namespace deal {

constexpr std::int64_t BILLION = 1000000000;

inline std::string uuid(const std::uint8_t* bytes) {
    std::string text;
    for (int i = 0; i < 16; ++i) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", bytes[i]);
        text += (i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "") + std::string(two);
    }
    return text;
}

inline void uuid(const std::string& text, std::uint8_t* bytes) {
    int digits = 0;
    for (const char c : text) {
        if (c != '-') {
            const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
            bytes[digits / 2] = static_cast<std::uint8_t>(bytes[digits / 2] << 4 | digit);
            ++digits;
        }
    }
}

inline std::string formatted(std::int64_t second, const char* format) {
    const std::time_t time = second;
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    std::strftime(text, sizeof text, format, &parts);
    // %Y does not fill up years below 1000.
    return std::string(parts.tm_year + 1900 < 10 ? "000" : "") + text;
}

inline std::string time(std::int64_t nanos) {
    std::int64_t second = nanos / BILLION, rest = nanos % BILLION;
    if (rest < 0) {
        --second;
        rest += BILLION;
    }
    char fraction[16];
    std::snprintf(fraction, sizeof fraction, ".%09lld", static_cast<long long>(rest));
    return formatted(second, "%Y-%m-%dT%H:%M:%S") + fraction;
}

inline std::int64_t seconds(const std::string& text) {
    std::tm parts{};
    std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday, &parts.tm_hour,
                &parts.tm_min, &parts.tm_sec);
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return timegm(&parts);
}

inline std::int64_t time(const std::string& text) {
    const std::int64_t second = seconds(text), nanos = std::stoll(text.substr(text.find('.') + 1));
    // The seconds alone may be out of range.
    return second < 0 ? (second + 1) * BILLION + (nanos - BILLION) : second * BILLION + nanos;
}

inline std::string date(std::int64_t day) { return formatted(day * 86400, "%Y-%m-%d"); }

inline std::int64_t date(const std::string& text) { return seconds(text + "T0:0:0") / 86400; }

inline std::string decimal(std::int64_t units, int digits) {
    const bool negative = units < 0;
    std::string text = std::to_string(units).substr(negative ? 1 : 0);
    while (static_cast<int>(text.size()) <= digits) {
        text = "0" + text;
    }
    return (negative ? "-" : "") + text.insert(text.size() - static_cast<std::size_t>(digits), ".");
}

inline std::int64_t decimal(std::string text) { return std::stoll(text.erase(text.find('.'), 1)); }

inline Deal parse(const std::string& text) {
    std::istringstream in(text);
    std::string field;
    const auto next = [&]() -> const std::string& {
        std::getline(in, field, '/');
        return field;
    };
    const auto or_lowest = [&](auto parser) { return next() == "none" ? INT64_MIN : parser(field); };
    const auto of_time = [](const std::string& s) { return time(s); };
    Deal d{};
    uuid(next(), d.id);
    d.at = time(next());
    d.took = std::stoll(next());
    d.due = date(next());
    d.shown = time(next());
    d.price = decimal(next());
    if (next() != "none") {
        uuid(field, d.parent);
    }
    d.settled = or_lowest(of_time);
    d.expiry = or_lowest([](const std::string& s) { return date(s); });
    d.fee = or_lowest([](const std::string& s) { return decimal(s); });
    d.weight = next() == "none" ? std::numeric_limits<double>::quiet_NaN() : std::stod(field);
    d.lot = next() == "none" ? std::int16_t{INT16_MIN} : static_cast<std::int16_t>(std::stoi(field));
    if (next() != "none") {
        d.venue = std::stoi(field);
    }
    if (next() != "none") {
        d.seen = time(field);
    }
    if (next() != "none") {
        d.rebate = decimal(field);
    }
    if (next() != "none") {
        d.note = Deal::Note{};
        std::memcpy(d.note->text, field.data(), field.size());
    }
    d.span.from = std::stoll(next());
    d.span.to = or_lowest([](const std::string& s) { return std::int64_t{std::stoll(s)}; });
    return d;
}

inline std::string text(const Deal& d) {
    const std::uint8_t nil[16] = {};
    const auto or_none = [](std::int64_t number, auto text) { return number == INT64_MIN ? "none" : text(number); };
    std::ostringstream out;
    out << uuid(d.id) << '/' << time(d.at) << '/' << d.took << '/' << date(d.due) << '/' << time(d.shown) << '/'
        << decimal(d.price, 2) << '/' << (std::memcmp(d.parent, nil, 16) == 0 ? "none" : uuid(d.parent)) << '/'
        << or_none(d.settled, [](std::int64_t n) { return time(n); }) << '/'
        << or_none(d.expiry, [](std::int64_t n) { return date(n); }) << '/'
        << or_none(d.fee, [](std::int64_t n) { return decimal(n, 4); }) << '/'
        << (std::isnan(d.weight) ? "none" : std::to_string(d.weight)) << '/'
        << (d.lot == INT16_MIN ? "none" : std::to_string(d.lot)) << '/'
        << (d.venue ? std::to_string(*d.venue) : "none") << '/' << (d.seen ? time(*d.seen) : "none") << '/'
        << (d.rebate ? decimal(*d.rebate, 3) : "none") << '/'
        << (d.note ? std::string(d.note->text, strnlen(d.note->text, 5)) : "none") << '/' << d.span.from << '/'
        << or_none(d.span.to, [](std::int64_t n) { return std::to_string(n); });
    return out.str();
}

} // namespace deal
} // namespace elements
