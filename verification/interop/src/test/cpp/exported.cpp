// A program that consists of the exported file stage.hpp and what a user would write: does with a segment what it is told on its
// standard input, see ExportedPeersInteropTest. With ZIPC_STOP_AT=STEP:n in its environment, where it is compiled with
// ZIPC_STOPPABLE, a thread stops for ever when it comes to that step for the n-th time.
#include <cstdio>
#include <cstdlib>

#ifdef ZIPC_STOPPABLE
#include <atomic>
#include <cstring>
#include <string>

#include <unistd.h>

inline void reach(const char* step) {
    static const char* const wanted = std::getenv("ZIPC_STOP_AT");
    static const std::size_t length = wanted == nullptr ? 0 : std::strcspn(wanted, ":");
    static std::atomic<int> left(wanted == nullptr || wanted[length] == '\0' ? 1 : std::atoi(wanted + length + 1));
    if (wanted != nullptr && std::strlen(step) == length && std::strncmp(step, wanted, length) == 0 && --left == 0) {
        std::printf("stopped %s\n", step);
        std::fflush(stdout);
        while (true) {
            ::pause();
        }
    }
}
#define ZIPC_STOP(step) reach(#step)
#endif

#include "stage.hpp"

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::int32_t end_producer = -1;

std::int64_t check_of(std::int32_t producer, std::int64_t sequence) {
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(sequence) * 0x9E3779B97F4A7C15u)
            ^ static_cast<std::uint64_t>(std::int64_t{producer}));
}

Parcel parcel(std::int32_t producer, std::int64_t sequence) {
    Parcel made = {};
    made.producer = producer;
    made.sequence = sequence;
    made.check = check_of(producer, sequence);
    return made;
}

bool is_whole(const Parcel& parcel) {
    return parcel.check == check_of(parcel.producer, parcel.sequence);
}

// What a consumer or observer of parcels finds out.
class Findings {
public:
    // False at the end of the traffic.
    bool see(const Parcel& parcel) {
        if (!is_whole(parcel)) {
            ++damaged_;
            return true;
        }
        if (parcel.producer == end_producer) {
            return false;
        }
        ++received_;
        const auto before = last_.find(parcel.producer);
        if (before != last_.end() && parcel.sequence <= before->second) {
            ++disordered_;
        }
        last_[parcel.producer] = parcel.sequence;
        return true;
    }

    std::int64_t received() const { return received_; }

    std::string text() const {
        return std::to_string(received_) + " " + std::to_string(disordered_) + " " + std::to_string(damaged_);
    }

private:
    std::map<std::int32_t, std::int64_t> last_;
    std::int64_t received_ = 0;
    std::int64_t disordered_ = 0;
    std::int64_t damaged_ = 0;
};

// All structures of the stage, and the roles that were taken.
struct Stage {
    explicit Stage(const std::string& path)
        : segment(path), feed(segment.feed()), numbers(segment.numbers()), newest(segment.newest()), history(segment.history()),
          jobs(segment.jobs()), results(segment.results()), events(segment.events()), total(segment.total()),
          places(segment.places()), members(segment.members()) {}

    const zipc::SharedRing<Parcel>& ring(const std::string& name) const { return name == "feed" ? feed : history; }

    const zipc::SharedQueue<Parcel>& queue(const std::string& name) const { return name == "jobs" ? jobs : results; }

    StageZipcExample segment;
    zipc::SharedRing<Parcel> feed;
    zipc::SharedArray<std::int64_t> numbers;
    zipc::SharedState<Parcel> newest;
    zipc::SharedRing<Parcel> history;
    zipc::SharedQueue<Parcel> jobs;
    zipc::SharedQueue<Parcel> results;
    zipc::SharedChannel<Parcel> events;
    zipc::SharedCounter total;
    zipc::SharedMap<std::int64_t, Place> places;
    zipc::SharedSet<std::int64_t> members;

    std::optional<zipc::SharedState<Parcel>::Writer> state_writer;
    std::map<std::string, zipc::SharedRing<Parcel>::Writer> writers;
    std::map<std::string, zipc::SharedRing<Parcel>::Reader> readers;
};

std::unique_ptr<Stage> stage;

void say(const std::string& line) {
    std::cout << line << std::endl;
}

std::string watch_state(std::int64_t last) {
    std::int64_t looks = 0;
    std::int64_t damaged = 0;
    std::int64_t backwards = 0;
    std::uint64_t version = 0;
    for (std::int64_t seen = 0; seen < last;) {
        const auto found = stage->newest.await_change(version, std::chrono::seconds(1));
        if (!found) {
            continue;
        }
        ++looks;
        damaged += is_whole(found->value) ? 0 : 1;
        backwards += found->version < version || found->value.sequence < seen ? 1 : 0;
        version = found->version;
        seen = found->value.sequence;
    }
    return std::to_string(looks) + " " + std::to_string(damaged) + " " + std::to_string(backwards);
}

std::string read_ring(const std::string& name, std::int64_t count) {
    auto found = stage->readers.find(name);
    if (found == stage->readers.end()) {
        found = stage->readers.emplace(name, stage->ring(name).reader()).first;
    }
    say("ready");
    Findings findings;
    while (findings.received() < count) {
        findings.see(found->second.take());
    }
    return findings.text();
}

std::string write_ring(const std::string& name, std::int32_t producer, std::int64_t from, std::int64_t count) {
    auto found = stage->writers.find(name);
    if (found == stage->writers.end()) {
        found = stage->writers.emplace(name, stage->ring(name).writer()).first;
    }
    say("ready");
    for (std::int64_t i = 0; i < count; ++i) {
        found->second.put(parcel(producer, from + i));
    }
    return {};
}

std::string watch_map(std::int64_t count) {
    std::int64_t found = 0;
    std::int64_t damaged = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t key = i % 64;
        if (const auto place = stage->places.get(key)) {
            ++found;
            damaged += place->producer == key ? 0 : 1;
        }
    }
    return std::to_string(found) + " " + std::to_string(damaged);
}

// For many threads on one side: each pushes, or takes until the end, which goes back for the next one.
std::string push_together(const std::string& name, std::int32_t threads, std::int64_t from, std::int64_t count) {
    say("ready");
    std::vector<std::thread> all;
    for (std::int32_t thread = 0; thread < threads; ++thread) {
        all.emplace_back([=] {
            for (std::int64_t i = 0; i < count; ++i) {
                if (name == "events") {
                    stage->events.send(parcel(1000 + thread, from + i));
                } else {
                    stage->queue(name).put(parcel(1000 + thread, from + i));
                }
            }
        });
    }
    for (std::thread& each : all) {
        each.join();
    }
    return {};
}

std::string take_together(const std::string& name, int threads) {
    say("ready");
    std::vector<std::thread> all;
    for (int thread = 0; thread < threads; ++thread) {
        all.emplace_back([=] {
            while (true) {
                if (name == "events") {
                    if (!stage->events.receive()) {
                        return;
                    }
                } else if (stage->queue(name).take().producer == end_producer) {
                    stage->queue(name).put(parcel(end_producer, 0));
                    return;
                }
            }
        });
    }
    for (std::thread& each : all) {
        each.join();
    }
    return {};
}

std::string obey(const std::string& command, std::istream& arguments) {
    std::string name;
    std::int32_t producer = 0;
    std::int64_t number = 0;
    std::int64_t count = 0;
    if (command == "open") {
        arguments >> name;
        stage = std::make_unique<Stage>(name);
        return {};
    }
    if (command == "array-get") {
        arguments >> number;
        return std::to_string(stage->numbers.get(number));
    }
    if (command == "array-set") {
        arguments >> number >> count;
        stage->numbers.set(number, count);
        return {};
    }
    if (command == "state-get") {
        const auto found = stage->newest.snapshot();
        return found ? std::to_string(found->version) + " " + std::to_string(found->value.producer) + " "
                        + std::to_string(found->value.sequence)
                     : "none";
    }
    if (command == "state-set") {
        arguments >> producer >> number >> count;
        if (!stage->state_writer) {
            stage->state_writer.emplace(stage->newest.writer());
        }
        say("ready");
        for (std::int64_t i = 0; i < count; ++i) {
            stage->state_writer->set(parcel(producer, number + i));
        }
        return std::to_string(stage->state_writer->version());
    }
    if (command == "state-watch") {
        arguments >> number;
        say("ready");
        return watch_state(number);
    }
    if (command == "ring-write") {
        arguments >> name >> producer >> number >> count;
        return write_ring(name, producer, number, count);
    }
    if (command == "ring-read") {
        arguments >> name >> count;
        return read_ring(name, count);
    }
    if (command == "ring-follow") {
        arguments >> name;
        auto cursor = stage->ring(name).cursor();
        say("ready");
        Findings findings;
        while (findings.see(cursor.take())) {
        }
        return findings.text() + " " + std::to_string(cursor.lost());
    }
    if (command == "queue-push") {
        arguments >> name >> producer >> number >> count;
        say("ready");
        for (std::int64_t i = 0; i < count; ++i) {
            stage->queue(name).put(parcel(producer, number + i));
        }
        return {};
    }
    if (command == "queue-take") {
        arguments >> name;
        say("ready");
        Findings findings;
        while (findings.see(stage->queue(name).take())) {
        }
        return findings.text();
    }
    if (command == "push-together") {
        arguments >> name >> producer >> number >> count;
        return push_together(name, producer, number, count);
    }
    if (command == "take-together") {
        arguments >> name >> count;
        return take_together(name, static_cast<int>(count));
    }
    if (command == "channel-send") {
        arguments >> producer >> number >> count;
        say("ready");
        for (std::int64_t i = 0; i < count; ++i) {
            stage->events.send(parcel(producer, number + i));
        }
        return {};
    }
    if (command == "channel-receive") {
        say("ready");
        Findings findings;
        while (const auto received = stage->events.receive()) {
            findings.see(*received);
        }
        return findings.text();
    }
    if (command == "channel-close") {
        stage->events.close();
        return {};
    }
    if (command == "counter-add") {
        arguments >> count;
        say("ready");
        for (std::int64_t i = 0; i < count; ++i) {
            stage->total.increment_and_get();
        }
        return {};
    }
    if (command == "counter-get") {
        return std::to_string(stage->total.get());
    }
    if (command == "map-get") {
        arguments >> number;
        const auto place = stage->places.get(number);
        return place ? std::to_string(place->producer) + " " + std::to_string(place->number) : "none";
    }
    if (command == "map-watch") {
        arguments >> count;
        say("ready");
        return watch_map(count);
    }
    if (command == "set-contains") {
        arguments >> number;
        return stage->members.contains(number) ? "true" : "false";
    }
    throw std::invalid_argument("no such command: " + command);
}

} // namespace

int main() {
    // Whoever started this has ended when its input does, whatever it is doing.
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        try {
            const std::string answer = obey(command, words);
            say(answer.empty() ? "ok" : "ok " + answer);
        } catch (const std::exception& e) {
            say(std::string("error ") + e.what());
        }
    }
    return 0;
}
