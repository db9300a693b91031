// One side of io.zeroipc.benchmarks.pair.Exporting: does what it is told on its standard input, as ExportedSide does in Java. The header
// is exported from the segment that both work with.
#include "exported.hpp"

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

namespace {

constexpr std::int64_t end = -1;
// Elements between two looks at the clock.
constexpr int batch = 256;

using Clock = std::chrono::steady_clock;

std::string found(std::int64_t count, Clock::time_point began) {
    return std::to_string(count) + " "
            + std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count());
}

template <class Offer> std::string produce(std::int64_t millis, Offer offer) {
    const auto began = Clock::now();
    const auto until = began + std::chrono::milliseconds(millis);
    std::int64_t number = 0;
    while (Clock::now() < until) {
        for (int i = 0; i < batch; ++i) {
            while (!offer(number)) {
            }
            ++number;
        }
    }
    while (!offer(end)) {
    }
    return found(number, began);
}

template <class Poll> std::string consume(Poll poll) {
    std::int64_t number = 0;
    auto element = poll();
    while (!element) {
        element = poll();
    }
    const auto began = Clock::now();
    while (*element != end) {
        if (*element != number) {
            return "failed expected=" + std::to_string(number) + ",got=" + std::to_string(*element);
        }
        ++number;
        element = poll();
        while (!element) {
            element = poll();
        }
    }
    return found(number, began);
}

std::string execute(const Exported& segment, const std::string& command, const std::string& structure, std::int64_t millis) {
    if (structure == "ring") {
        const auto ring = segment.ring();
        if (command == "produce") {
            auto writer = ring.writer();
            return produce(millis, [&](std::int64_t number) { return writer.offer(number); });
        }
        auto reader = ring.reader();
        return consume([&] { return reader.poll(); });
    }
    const auto queue = segment.queue();
    return command == "produce" ? produce(millis, [&](std::int64_t number) { return queue.offer(number); })
                                : consume([&] { return queue.poll(); });
}

} // namespace

int main(int, char** arguments) {
    const Exported segment(arguments[1]);
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string command;
        std::string structure;
        std::int64_t millis = 0;
        words >> command >> structure >> millis;
        std::string answer;
        try {
            answer = execute(segment, command, structure, millis);
        } catch (const std::exception& e) {
            answer = std::string("failed ") + e.what();
        }
        std::cout << "@ " << answer << std::endl;
    }
}
