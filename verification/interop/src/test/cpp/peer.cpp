// A program that does with a segment what it is told, line by line, and answers with one line each:
//
//     queue-push orders int32 1 2 3          ok 3
//     queue-pop orders int32 10              ok 1 2 3
//     array-get prices int32 0 1             error no entry called prices
//
// Commands that take their time (produce, consume, observe and the like) answer "ready" when they begin, and once more when
// they are done; those called "work" are done when they are told that it is enough. The program ends when its standard input does,
// whatever it is doing at that moment.
#include "elements.hpp"
#include "zeroipc_collections.hpp"
#include "zeroipc_flow.hpp"
#include "zeroipc_topic.hpp"

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

namespace {

using namespace elements;
using std::uint32_t;
using Arguments = std::vector<string>;

// Commands ---------------------------------------------------------------------------------------------------------------

std::unique_ptr<peer::Segment> segment;

peer::Block block(const string& name) { return segment->require(name); }

void ready() { std::cout << "ready" << std::endl; }

uint64_t number(const string& text) { return std::stoull(text); }

template <class F> void repeat(const string& count, F f) {
    const auto n = std::stoll(count);
    for (int64_t i = 0; i < n; ++i) {
        f(i);
    }
}

template <class F> void until(F f) {
    while (!f()) {
        peer::pause();
    }
}

// Where the tests learn how far this program is with its work: an element of the array "work", which the last argument names.
int64_t* progress(const Arguments& a) { return peer::Array<int64_t>(block("work")).data() + number(a.back()); }

// Works, round by round, until the first element of that array says that it is enough. Tells how many rounds it has done, and
// how many of them went wrong: those for which f is false.
template <class F> string work(const Arguments& a, F f) {
    const int64_t* enough = peer::Array<int64_t>(block("work")).data();
    int64_t* done = progress(a);
    int64_t rounds = 0;
    int64_t wrong = 0;
    ready();
    while (peer::load(enough) == 0) {
        wrong += f(rounds) ? 0 : 1;
        peer::store_release(done, ++rounds);
    }
    return joined(rounds, wrong);
}

string segment_create(const Arguments& a) {
    segment = std::make_unique<peer::Segment>(a[1], number(a[2]), static_cast<uint32_t>(number(a[3])));
    return "";
}

string segment_open(const Arguments& a) {
    segment = std::make_unique<peer::Segment>(a[1]);
    return "";
}

string entries(const Arguments&) {
    string line;
    for (uint32_t i = 0; i < segment->entry_count(); ++i) {
        const peer::Entry& entry = segment->entries()[i];
        line += (i == 0 ? "" : " ") + peer::Segment::name_of(entry) + ":" + std::to_string(entry.offset) + ":" +
                std::to_string(entry.size);
    }
    return line;
}

string header(const Arguments&) {
    const peer::Header& h = *segment->header();
    return joined(h.entry_count, h.max_entries, h.memory_size, h.next_offset);
}

// raw bytes: peek32/poke32/poke64 <name of the block, or "-" for the segment> <offset> [value]
template <class W> W* word(const Arguments& a) {
    unsigned char* base = a[1] == "-" ? segment->base() : block(a[1]).base;
    return reinterpret_cast<W*>(base + number(a[2]));
}

string allocate(const Arguments& a) {
    segment->add({{a[1], number(a[2]), [](const peer::Block&) {}}});
    return "";
}

string lock(const Arguments& a) { return segment->lock(number(a[1]), false) ? "held" : "busy"; }

template <class T> string array_create(const Arguments& a) {
    segment->add({peer::Array<T>::part(a[1], number(a[3]))});
    return "";
}

string array_create_many(const Arguments& a) {
    ready();
    repeat(a[2], [&](int64_t i) {
        const string name = a[1] + text(i);
        segment->add({peer::Array<int32_t>::part(name, 3)});
        peer::Array<int32_t>(block(name)).data()[2] = static_cast<int32_t>(-i);
    });
    return "";
}

template <class T> string array_set(const Arguments& a) {
    peer::Array<T> array(block(a[1]));
    for (std::size_t i = 4; i < a.size(); ++i) {
        array.data()[number(a[3]) + i - 4] = parse<T>(a[i]);
    }
    return "";
}

template <class T> string array_get(const Arguments& a) {
    peer::Array<T> array(block(a[1]));
    const T* first = array.data() + number(a[3]);
    return texts(std::vector<T>(first, first + number(a[4])));
}

string array_add(const Arguments& a) {
    peer::Array<int64_t> array(block(a[1]));
    int64_t* element = array.data() + number(a[2]);
    ready();
    repeat(a[3], [&](int64_t) { __atomic_add_fetch(element, 1, __ATOMIC_RELAXED); });
    return "";
}

string array_publish(const Arguments& a) {
    peer::Array<int64_t> array(block(a[1]));
    ready();
    repeat(a[2], [&](int64_t i) {
        // The element beside is written plainly, and published by the one that carries the order.
        until([&] { return peer::load_acquire(array.data() + 1) == i; });
        array.data()[2] = i * 3;
        peer::store_release(array.data(), i + 1);
    });
    return "";
}

template <class T> string queue_create(const Arguments& a) {
    segment->add({peer::Queue<T>::part(a[1], static_cast<uint32_t>(number(a[3])))});
    return "";
}

template <class T> string queue_push(const Arguments& a) {
    peer::Queue<T> queue(block(a[1]));
    int64_t pushed = 0;
    for (std::size_t i = 3; i < a.size() && queue.offer(parse<T>(a[i])); ++i) {
        ++pushed;
    }
    return text(pushed);
}

// Elements until there is none, or until there are enough.
template <class T, class S> string take(S&& next, const string& max) {
    std::vector<T> taken;
    T element;
    while (taken.size() < number(max) && next(element)) {
        taken.push_back(element);
    }
    return texts(taken);
}

template <class T> string queue_pop(const Arguments& a) {
    peer::Queue<T> queue(block(a[1]));
    return take<T>([&](T& element) { return queue.poll(element); }, a[3]);
}

string queue_produce(const Arguments& a) {
    peer::Queue<Parcel> queue(block(a[1]));
    const int32_t producer = parse<int32_t>(a[2]);
    ready();
    repeat(a[3], [&](int64_t i) { until([&] { return queue.offer(Parcel::of(producer, i)); }); });
    return "";
}

// Marks each parcel in an array that all consumers share, so that one delivered twice or never is found.
template <class P> string consume(const Arguments& a, P poll) {
    peer::Array<int32_t> marks(block(a[2]));
    const auto each = std::stoll(a[3]);
    Findings findings;
    Parcel parcel{};
    ready();
    while (true) {
        until([&] { return poll(parcel); });
        if (!findings.see(parcel)) {
            return findings.text();
        }
        if (parcel.whole()) {
            __atomic_add_fetch(marks.data() + parcel.producer * each + parcel.sequence, 1, __ATOMIC_RELAXED);
        }
    }
}

string queue_consume(const Arguments& a) {
    peer::Queue<Parcel> queue(block(a[1]));
    return consume(a, [&](Parcel& parcel) { return queue.poll(parcel); });
}

// Each element as a new one of the same values.
string deal_echo(const Arguments& a) {
    peer::Queue<elements::Deal> requests(block(a[1])), replies(block(a[2]));
    ready();
    for (int64_t left = number(a[3]); left > 0; --left) {
        elements::Deal deal;
        until([&] { return requests.poll(deal); });
        const elements::Deal copy = parse<elements::Deal>(text(deal));
        until([&] { return replies.offer(copy); });
    }
    return "";
}

template <class T> string ring_create(const Arguments& a) {
    segment->add({peer::Ring<T>::part(a[1], number(a[3]))});
    return "";
}

template <class T> string ring_write(const Arguments& a) {
    peer::Ring<T> ring(block(a[1]));
    int64_t written = 0;
    for (std::size_t i = 3; i < a.size() && ring.offer(parse<T>(a[i])); ++i) {
        ++written;
    }
    return text(written);
}

template <class T> string ring_read(const Arguments& a) {
    peer::Ring<T> ring(block(a[1]));
    return take<T>([&](T& element) { return ring.poll(element); }, a[3]);
}

template <class T> string ring_history(const Arguments& a) {
    peer::Ring<T> ring(block(a[1]));
    typename peer::Ring<T>::Cursor cursor(ring);
    return take<T>([&](T& element) { return cursor.poll(element); }, a[3]);
}

string ring_produce(const Arguments& a) {
    peer::Ring<Parcel> ring(block(a[1]));
    ready();
    repeat(a[2], [&](int64_t i) { until([&] { return ring.offer(Parcel::of(0, i)); }); });
    until([&] { return ring.offer(Parcel::of(Parcel::END, 0)); });
    return "";
}

string ring_consume(const Arguments& a) {
    peer::Ring<Parcel> ring(block(a[1]));
    Findings findings;
    Parcel parcel{};
    ready();
    do {
        until([&] { return ring.poll(parcel); });
    } while (findings.see(parcel));
    return findings.text();
}

string ring_overwrite(const Arguments& a) {
    peer::Ring<Sample> ring(block(a[1]));
    ready();
    repeat(a[2], [&](int64_t i) { ring.overwrite(Sample::of(i)); });
    ring.overwrite(Sample::of(Parcel::END));
    return "";
}

string ring_observe(const Arguments& a) {
    peer::Ring<Sample> ring(block(a[1]));
    peer::Ring<Sample>::Cursor cursor(ring);
    Findings findings;
    Sample sample{};
    ready();
    do {
        until([&] { return cursor.poll(sample); });
    } while (findings.see(sample.parcel()));
    return findings.text() + " " + text(cursor.lost());
}

template <class T> string channel_create(const Arguments& a) {
    segment->add(peer::Channel<T>::parts(a[1], static_cast<uint32_t>(number(a[3]))));
    return "";
}

template <class T> string channel_send(const Arguments& a) {
    peer::Channel<T> channel(*segment, a[1]);
    int64_t sent = 0;
    ready();
    for (std::size_t i = 3; i < a.size() && channel.send(parse<T>(a[i])); ++i) {
        ++sent;
    }
    return text(sent);
}

template <class T> string channel_receive(const Arguments& a) {
    peer::Channel<T> channel(*segment, a[1]);
    ready();
    return take<T>([&](T& element) { return channel.receive(element); }, a[3]);
}

template <class T> string channel_try_send(const Arguments& a) {
    return peer::Channel<T>(*segment, a[1]).try_send(parse<T>(a[3])) ? "true" : "false";
}

template <class T> string channel_try_receive(const Arguments& a) {
    peer::Channel<T> channel(*segment, a[1]);
    return take<T>([&](T& element) { return channel.try_receive(element); }, "1");
}

template <class T> string channel_close(const Arguments& a) {
    peer::Channel<T>(*segment, a[1]).close();
    return "";
}

// How to send: "wait", or "poll", sending only when somebody is there to receive.
string channel_produce(const Arguments& a) {
    peer::Channel<Parcel> channel(*segment, a[1]);
    ready();
    repeat(a[2], [&](int64_t i) {
        const Parcel parcel = Parcel::of(0, i);
        if (a[3] == "poll") {
            until([&] { return channel.try_send(parcel); });
        } else if (!channel.send(parcel)) {
            peer::fail("channel is closed");
        }
    });
    return "";
}

// How to receive: "wait"; "hesitate" between elements, so that a sender may give up; or "poll", never waiting for a sender.
string channel_consume(const Arguments& a) {
    peer::Channel<Parcel> channel(*segment, a[1]);
    Findings findings;
    Parcel parcel{};
    ready();
    if (a[2] == "poll") {
        while (!channel.is_closed()) {
            if (channel.try_receive(parcel)) {
                findings.see(parcel);
            }
            peer::pause();
        }
    }
    while (channel.receive(parcel)) {
        findings.see(parcel);
        for (int64_t i = parcel.sequence % 4; a[2] == "hesitate" && i > 0; --i) {
            peer::pause();
        }
    }
    return findings.text();
}

// Under load, version v is the sample of number v mod this.
constexpr int64_t NUMBERS = 1000;

string state_create(const Arguments& a) {
    segment->add({peer::State<Sample>::part(a[1], number(a[2]))});
    return "";
}

string state_set(const Arguments& a) {
    peer::State<Sample> state(block(a[1]));
    for (std::size_t i = 2; i < a.size(); ++i) {
        state.set(Sample::of(std::stoll(a[i])), 1000 * number(a[i]));
    }
    return text(state.latest());
}

string state_set_half(const Arguments& a) {
    peer::State<Sample>(block(a[1])).set_half(Sample::of(std::stoll(a[2])));
    return "";
}

string state_get(const Arguments& a) {
    Sample sample{};
    const uint64_t version = peer::State<Sample>(block(a[1])).get(sample);
    return version == 0 ? "none" : joined(version, sample.number) + (sample.whole() ? " whole" : " torn");
}

string state_produce(const Arguments& a) {
    peer::State<Sample> state(block(a[1]));
    ready();
    repeat(a[2], [&](int64_t) {
        const auto next = static_cast<int64_t>(state.latest()) + 1;
        state.set(Sample::of(next % NUMBERS), 1000 * static_cast<uint64_t>(next));
    });
    return text(state.latest());
}

// Copies word by word and dawdles in between, so that the writer comes round while it is at work.
void copy_slowly(void* to, const void* from, int64_t dawdling) {
    for (std::size_t i = 0; i < sizeof(Sample) / 8; ++i) {
        static_cast<uint64_t*>(to)[i] = peer::load(static_cast<const uint64_t*>(from) + i);
        for (int64_t spin = 0; spin < dawdling; ++spin) {
            std::atomic_signal_fence(std::memory_order_seq_cst);
        }
    }
}

// Reads until this version.
string state_observe(const Arguments& a) {
    peer::State<Sample> state(block(a[1]));
    int64_t reads = 0;
    int64_t torn = 0;
    int64_t backwards = 0;
    uint64_t last = 0;
    Sample sample{};
    ready();
    while (last < number(a[2])) {
        uint64_t version;
        try {
            ++reads;
            version = state.get(sample, [&](void* to, const void* from) { copy_slowly(to, from, reads % 16); });
        } catch (const peer::Overtaken&) {
            continue;
        }
        torn += version != 0 && (!sample.whole() || sample.number != static_cast<int64_t>(version) % NUMBERS) ? 1 : 0;
        backwards += version < last ? 1 : 0;
        last = version;
    }
    return joined(reads, torn, backwards);
}

template <class T> peer::Signal<T> signal_of(const Arguments& a) {
    return {block(a[1] + "_state"), block(a[1] + "_mtx")};
}

template <class T> string signal_create(const Arguments& a) {
    segment->add(peer::Signal<T>::parts(a[1], parse<T>(a[3])));
    return "";
}

template <class T> string signal_get(const Arguments& a) {
    T value{};
    const uint64_t version = signal_of<T>(a).get(value);
    return text(version) + " " + text(value);
}

template <class T> string signal_set(const Arguments& a) {
    signal_of<T>(a).update([&](const T&) { return parse<T>(a[3]); });
    return "";
}

// Messages are words of eight bytes: who publishes, and the number as often as the size says.
std::map<string, peer::Topic> topics;

peer::Topic& topic(const string& name) { return topics.try_emplace(name, block(name)).first->second; }

string topic_send(const Arguments& a) {
    auto& t = topic(a[1]);
    t.become_publisher();
    int chunk = peer::Topic::NONE;
    until([&] { return (chunk = t.loan()) != peer::Topic::NONE; });
    auto* words = reinterpret_cast<int64_t*>(t.data(chunk));
    const uint64_t count = number(a[3]);
    for (uint64_t i = 0; i < count; ++i) {
        words[i] = std::stoll(a[2]);
    }
    const uint64_t position = t.send(chunk, 8 * count);
    t.leave_publisher();
    return text(position);
}

string topic_receive(const Arguments& a) {
    auto& t = topic(a[1]);
    const int chunk = t.receive();
    if (chunk == peer::Topic::NONE) {
        return "none";
    }
    const auto* words = reinterpret_cast<const int64_t*>(t.data(chunk));
    const uint64_t count = t.size(chunk) / 8;
    bool whole = true;
    for (uint64_t i = 1; i < count; ++i) {
        whole &= words[i] == words[0];
    }
    const string answer = text(words[0]) + " " + text(count) + (whole ? " whole" : " torn");
    t.give_back(chunk);
    return answer;
}

// Sends so many, each a number longer than the one before in turn, as publisher 1; gives a loan back now and then.
string topic_produce(const Arguments& a) {
    auto& t = topic(a[1]);
    t.become_publisher();
    ready();
    repeat(a[2], [&](int64_t i) {
        int chunk = peer::Topic::NONE;
        until([&] { return (chunk = t.loan()) != peer::Topic::NONE; });
        if (i % 7 == 0) {
            t.give_back_loan(chunk);
            until([&] { return (chunk = t.loan()) != peer::Topic::NONE; });
        }
        auto* words = reinterpret_cast<int64_t*>(t.data(chunk));
        const auto count = 2 + static_cast<uint64_t>(i) % (t.chunk_size() / 8 - 1);
        words[0] = 1;
        for (uint64_t k = 1; k < count; ++k) {
            words[k] = i;
        }
        t.send(chunk, 8 * count);
    });
    t.leave_publisher();
    return "";
}

// Receives so many of each of two publishers: how many, and how many were torn or out of order.
string topic_consume(const Arguments& a) {
    auto& t = topic(a[1]);
    t.subscribe();
    ready();
    const auto all = 2 * std::stoll(a[2]);
    int64_t next[2] = {0, 0};
    int64_t wrong = 0;
    for (int64_t received = 0; received < all; ++received) {
        int chunk = peer::Topic::NONE;
        until([&] { return (chunk = t.receive()) != peer::Topic::NONE; });
        const auto* words = reinterpret_cast<const int64_t*>(t.data(chunk));
        const uint64_t count = t.size(chunk) / 8;
        bool right = (words[0] == 0 || words[0] == 1) && words[1] == next[words[0] & 1]++;
        for (uint64_t k = 2; k < count; ++k) {
            right &= words[k] == words[1];
        }
        wrong += right ? 0 : 1;
        t.give_back(chunk);
    }
    t.leave();
    return joined(all, wrong);
}

string signal_work(const Arguments& a) {
    auto signal = signal_of<int64_t>(a);
    return work(a, [&](int64_t) {
        signal.update([](int64_t value) { return value + 1; });
        int64_t value = 0;
        return signal.get(value) == static_cast<uint64_t>(value);
    });
}

template <class T> string signal_await(const Arguments& a) {
    auto signal = signal_of<T>(a);
    ready();
    until([&] { return signal.version() != number(a[3]); });
    return signal_get<T>(a);
}

template <class T> peer::Future<T> future_of(const Arguments& a) { return peer::Future<T>(block(a[1])); }

template <class T> string future_create(const Arguments& a) {
    segment->add({peer::Future<T>::part(a[1])});
    return "";
}

template <class T> string future_claim(const Arguments& a) { return text(future_of<T>(a).claim()); }
template <class T> string future_complete(const Arguments& a) { return text(future_of<T>(a).complete(parse<T>(a[3]))); }
template <class T> string future_fail(const Arguments& a) { return text(future_of<T>(a).fail_with(a[3])); }
template <class T> string future_peek(const Arguments& a) { return text(future_of<T>(a).get()); }

template <class T> string future_get(const Arguments& a) {
    ready();
    return future_peek<T>(a);
}

template <class T> string stream_create(const Arguments& a) {
    const auto mode = a[4] == "BROADCAST" ? peer::Mode::BROADCAST : peer::Mode::COMPETING;
    segment->add(peer::Stream<T>::parts(a[1], number(a[3]), mode));
    return "";
}

template <class T> string stream_emit(const Arguments& a) {
    peer::Stream<T> stream(*segment, a[1]);
    int64_t emitted = 0;
    for (std::size_t i = 3; i < a.size(); ++i) {
        emitted += stream.emit(parse<T>(a[i])) ? 1 : 0;
    }
    return text(emitted);
}

template <class T> string stream_next(const Arguments& a) {
    peer::Stream<T> stream(*segment, a[1]);
    return take<T>([&](T& element) { return stream.next(element); }, a[3]);
}

template <class T> string stream_close(const Arguments& a) {
    peer::Stream<T>(*segment, a[1]).close();
    return "";
}

// The subscriber of this program; one is enough for a test.
std::unique_ptr<peer::Stream<int32_t>::Subscriber> subscriber;

string stream_subscribe(const Arguments& a) {
    subscriber = std::make_unique<peer::Stream<int32_t>::Subscriber>(*segment, a[1]);
    return "";
}

// What is there, or what comes until the end of the stream.
string stream_poll(const Arguments&) {
    return take<int32_t>([](int32_t& element) { return subscriber->poll(element); }, "100");
}

string stream_drain(const Arguments&) {
    ready();
    return take<int32_t>([](int32_t& element) { return subscriber->take(element); }, "100");
}

string stream_work(const Arguments& a) {
    peer::Stream<Sample> stream(*segment, a[1]);
    return work(a, [&](int64_t i) { return stream.emit(Sample::of(i)); });
}

// Until the end of the stream.
string stream_observe(const Arguments& a) {
    peer::Stream<Sample>::Subscriber observer(*segment, a[1]);
    int64_t* done = progress(a);
    Findings findings;
    Sample sample{};
    ready();
    while (observer.take(sample)) {
        findings.see(sample.parcel());
        peer::store_release(done, findings.received);
    }
    return findings.text() + " " + text(observer.lost());
}

template <class T> string stack_create(const Arguments& a) {
    segment->add({peer::Stack<T>::part(a[1], static_cast<uint32_t>(number(a[3])))});
    return "";
}

template <class T> string stack_push(const Arguments& a) {
    peer::Stack<T> stack(block(a[1]));
    int64_t pushed = 0;
    for (std::size_t i = 3; i < a.size() && stack.push(parse<T>(a[i])); ++i) {
        ++pushed;
    }
    return text(pushed);
}

template <class T> string stack_pop(const Arguments& a) {
    peer::Stack<T> stack(block(a[1]));
    return take<T>([&](T& element) { return stack.pop(element); }, a[3]);
}

// Pushes again and again what is so many different parcels.
string stack_work(const Arguments& a) {
    peer::Stack<Parcel> stack(block(a[1]));
    const int32_t producer = parse<int32_t>(a[2]);
    const int64_t different = std::stoll(a[3]);
    return work(a, [&](int64_t i) {
        until([&] { return stack.push(Parcel::of(producer, i % different)); });
        return true;
    });
}

string stack_consume(const Arguments& a) {
    peer::Stack<Parcel> stack(block(a[1]));
    return consume(a, [&](Parcel& parcel) { return stack.pop(parcel); });
}

template <class T> string set_create(const Arguments& a) {
    segment->add({peer::Set<T>::part(a[1], static_cast<uint32_t>(number(a[3])))});
    return "";
}

// For each value whether f holds, as 0 or 1.
template <class T, class F> string each(const Arguments& a, F f) {
    std::vector<int32_t> found;
    for (std::size_t i = 3; i < a.size(); ++i) {
        found.push_back(f(parse<T>(a[i])) ? 1 : 0);
    }
    return texts(found);
}

template <class T> string set_add(const Arguments& a) {
    peer::Set<T> set(block(a[1]));
    return each<T>(a, [&](const T& value) { return set.add(value); });
}

template <class T> string set_contains(const Arguments& a) {
    peer::Set<T> set(block(a[1]));
    return each<T>(a, [&](const T& value) { return set.contains(value); });
}

template <class T> string set_remove(const Arguments& a) {
    peer::Set<T> set(block(a[1]));
    return each<T>(a, [&](const T& value) { return set.remove(value); });
}

// Adds its own numbers, looks for them, removes the odd ones: wrong is a round in which something was not as it should be.
string set_work(const Arguments& a) {
    peer::Set<int32_t> set(block(a[1]));
    const int32_t first = parse<int32_t>(a[2]);
    const int32_t end = first + parse<int32_t>(a[3]);
    return work(a, [&](int64_t round) {
        bool good = true;
        for (int32_t i = first; i < end; ++i) {
            good &= set.add(i) == (round == 0 || i % 2 != 0) && set.contains(i);
        }
        for (int32_t i = first + 1; i < end; i += 2) {
            good &= set.remove(i) && !set.contains(i);
        }
        return good;
    });
}

template <class K> using MapOf = peer::Map<K, int64_t>;

template <class K> string map_create(const Arguments& a) {
    segment->add({MapOf<K>::part(a[1], static_cast<uint32_t>(number(a[3])))});
    return "";
}

template <class K> string map_put(const Arguments& a) {
    return MapOf<K>(block(a[1])).put(parse<K>(a[3]), std::stoll(a[4])) ? "added" : "replaced";
}

template <class K> string map_get(const Arguments& a) {
    int64_t value = 0;
    return MapOf<K>(block(a[1])).get(parse<K>(a[3]), value) ? text(value) : "none";
}

template <class K> string map_remove(const Arguments& a) {
    return MapOf<K>(block(a[1])).remove(parse<K>(a[3])) ? "removed" : "none";
}

// As set-work, with values that tell the round.
string map_work(const Arguments& a) {
    MapOf<int32_t> map(block(a[1]));
    const int32_t first = parse<int32_t>(a[2]);
    const int32_t end = first + parse<int32_t>(a[3]);
    return work(a, [&](int64_t round) {
        bool good = true;
        int64_t value = 0;
        for (int32_t i = first; i < end; ++i) {
            good &= map.put(i, i + round) == (round == 0 || i % 2 != 0) && map.get(i, value) && value == i + round;
        }
        for (int32_t i = first + 1; i < end; i += 2) {
            good &= map.remove(i) && !map.get(i, value);
        }
        return good;
    });
}

template <class T> string pool_create(const Arguments& a) {
    segment->add({peer::Pool<T>::part(a[1], static_cast<uint32_t>(number(a[3])))});
    return "";
}

template <class T> string pool_allocate(const Arguments& a) {
    const uint32_t handle = peer::Pool<T>(block(a[1])).allocate();
    return handle == peer::Pool<T>::NONE ? "none" : text(handle);
}

template <class T> string pool_free(const Arguments& a) {
    peer::Pool<T>(block(a[1])).free(static_cast<uint32_t>(number(a[3])));
    return "";
}

template <class T> string pool_get(const Arguments& a) {
    return text(peer::Pool<T>(block(a[1])).data(static_cast<uint32_t>(number(a[3]))));
}

template <class T> string pool_set(const Arguments& a) {
    peer::Pool<T> pool(block(a[1]));
    const T value = parse<T>(a[4]);
    std::memcpy(static_cast<void*>(&pool.data(static_cast<uint32_t>(number(a[3])))), &value, sizeof value);
    return "";
}

// Takes a node, marks it and gives it back: wrong is one that somebody else changed meanwhile.
string pool_work(const Arguments& a) {
    peer::Pool<int64_t> pool(block(a[1]));
    const int64_t mark = std::stoll(a[2]);
    return work(a, [&](int64_t) {
        uint32_t handle = pool.NONE;
        until([&] { return (handle = pool.allocate()) != pool.NONE; });
        peer::store(&pool.data(handle), mark);
        peer::pause();
        const bool good = peer::load(&pool.data(handle)) == mark;
        pool.free(handle);
        return good;
    });
}

string counter_work(const Arguments& a) {
    peer::Counter counter(block(a[1]));
    return work(a, [&](int64_t) {
        counter.add(3);
        return true;
    });
}

string semaphore_acquire(const Arguments& a) {
    ready();
    peer::Semaphore(block(a[1])).acquire();
    return "";
}

// Goes in and out; the first element counts who is in, and wrong is to be in with more than two.
string semaphore_work(const Arguments& a) {
    peer::Semaphore semaphore(block(a[1]));
    peer::Array<int64_t> inside(block(a[2]));
    return work(a, [&](int64_t) {
        semaphore.acquire();
        const bool good = __atomic_add_fetch(inside.data(), 1, __ATOMIC_RELAXED) <= 2;
        peer::pause();
        __atomic_sub_fetch(inside.data(), 1, __ATOMIC_RELAXED);
        semaphore.release();
        return good;
    });
}

// In another cache line, so that two elements do not travel together.
constexpr std::size_t FAR = 16;

// Two plain numbers that only a lock protects: both grow by one, and are equal outside of it.
bool grow(int64_t* cells) {
    const bool equal = peer::load(cells) == peer::load(cells + FAR);
    peer::store(cells, peer::load(cells) + 1);
    peer::store(cells + FAR, peer::load(cells + FAR) + 1);
    return equal;
}

string mutex_work(const Arguments& a) {
    peer::Mutex mutex(block(a[1]));
    peer::Array<int64_t> cells(block(a[2]));
    return work(a, [&](int64_t) {
        mutex.lock();
        const bool good = grow(cells.data());
        mutex.unlock();
        return good;
    });
}

string latch_wait(const Arguments& a) {
    ready();
    peer::Latch(block(a[1])).wait();
    return "";
}

// Runs a task that adds to the counter of that name; "fail" lets it throw after that, "wait" lets it wait for ever before that.
string once_run(const Arguments& a) {
    peer::Once once(block(a[1]));
    peer::Counter counter(block(a[2]));
    ready();
    return once.run([&] {
        if (a.size() > 3 && a[3] == "wait") {
            until([] { return false; });
        }
        counter.add(1);
        if (a.size() > 3 && a[3] == "fail") {
            peer::fail("the task failed");
        }
    }) ? "ran" : "waited";
}

string event_wait(const Arguments& a) {
    peer::Event event(*segment, a[1]);
    ready();
    event.wait();
    return "";
}

// Meets so many times; says how often the meeting let it go before all had written their cell.
string barrier_work(const Arguments& a) {
    peer::Barrier barrier(block(a[1]));
    peer::Array<int64_t> cells(block(a[2]));
    const uint64_t own = number(a[3]);
    int64_t wrong = 0;
    ready();
    repeat(a[4], [&](int64_t i) {
        peer::store(cells.data() + own, i);
        barrier.wait();
        for (uint64_t j = 0; j < cells.capacity(); ++j) {
            wrong += peer::load(cells.data() + j) == i ? 0 : 1;
        }
        barrier.wait();
    });
    return text(wrong);
}

// Every fourth time as the writer.
string rwlock_work(const Arguments& a) {
    peer::RwLock lock(*segment, a[1]);
    peer::Array<int64_t> cells(block(a[2]));
    return work(a, [&](int64_t round) {
        bool good;
        if (round % 4 == 0) {
            lock.lock_write();
            good = grow(cells.data());
            lock.unlock_write();
        } else {
            lock.lock_read();
            good = peer::load(cells.data()) == peer::load(cells.data() + FAR);
            lock.unlock_read();
        }
        return good;
    });
}

string rwlock_read(const Arguments& a) {
    ready();
    peer::RwLock(*segment, a[1]).lock_read();
    return "";
}

string rwlock_write(const Arguments& a) {
    ready();
    peer::RwLock(*segment, a[1]).lock_write();
    return "";
}

// Waits until the first element of the array is so large, then adds 1 to it and signals.
string monitor_step(const Arguments& a) {
    peer::Monitor monitor(*segment, a[1]);
    peer::Array<int64_t> cells(block(a[2]));
    ready();
    monitor.lock();
    while (peer::load(cells.data()) < std::stoll(a[3])) {
        monitor.wait();
    }
    peer::store(cells.data(), peer::load(cells.data()) + 1);
    monitor.signal_all();
    monitor.unlock();
    return "";
}

#define TYPED(command) \
    [](const Arguments& a) { return with_type(a.at(2), [&](auto type) { return command<decltype(type)>(a); }); }

const std::map<string, string (*)(const Arguments&)> COMMANDS = {
    {"create", segment_create},
    {"open", segment_open},
    {"unlink", [](const Arguments& a) { return text(shm_unlink(a[1].c_str())); }},
    {"entries", entries},
    {"header", header},
    {"allocate", allocate},
    {"reserve-row", [](const Arguments& a) { return segment->reserve_row(number(a[1])), string(); }},
    {"fill-row", [](const Arguments& a) { return segment->fill_row(a[1]), string(); }},
    {"lock", lock},
    {"peek32", [](const Arguments& a) { return text(*word<uint32_t>(a)); }},
    {"poke32", [](const Arguments& a) { return *word<uint32_t>(a) = static_cast<uint32_t>(number(a[3])), string(); }},
    {"poke64", [](const Arguments& a) { return *word<uint64_t>(a) = number(a[3]), string(); }},
    {"array-create", TYPED(array_create)},
    {"array-create-many", array_create_many},
    {"array-set", TYPED(array_set)},
    {"array-get", TYPED(array_get)},
    {"array-add", array_add},
    {"array-publish", array_publish},
    {"queue-create", TYPED(queue_create)},
    {"queue-push", TYPED(queue_push)},
    {"queue-pop", TYPED(queue_pop)},
    {"queue-produce", queue_produce},
    {"queue-consume", queue_consume},
    {"deal-echo", deal_echo},
    {"ring-create", TYPED(ring_create)},
    {"ring-write", TYPED(ring_write)},
    {"ring-read", TYPED(ring_read)},
    {"ring-history", TYPED(ring_history)},
    {"ring-produce", ring_produce},
    {"ring-consume", ring_consume},
    {"ring-overwrite", ring_overwrite},
    {"ring-observe", ring_observe},
    {"channel-create", TYPED(channel_create)},
    {"channel-send", TYPED(channel_send)},
    {"channel-receive", TYPED(channel_receive)},
    {"channel-try-send", TYPED(channel_try_send)},
    {"channel-try-receive", TYPED(channel_try_receive)},
    {"channel-close", TYPED(channel_close)},
    {"channel-produce", channel_produce},
    {"channel-consume", channel_consume},
    {"state-create", state_create},
    {"state-set", state_set},
    {"state-set-half", state_set_half},
    {"state-get", state_get},
    {"state-produce", state_produce},
    {"state-observe", state_observe},
    {"signal-create", TYPED(signal_create)},
    {"signal-get", TYPED(signal_get)},
    {"signal-set", TYPED(signal_set)},
    {"signal-work", signal_work},
    {"signal-await", TYPED(signal_await)},
    {"future-create", TYPED(future_create)},
    {"future-claim", TYPED(future_claim)},
    {"future-complete", TYPED(future_complete)},
    {"future-fail", TYPED(future_fail)},
    {"future-get", TYPED(future_get)},
    {"future-peek", TYPED(future_peek)},
    {"lazy-create",
     [](const Arguments& a) {
         const auto type = static_cast<uint32_t>(number(a[2]));
         return segment->add({peer::Lazy::part(a[1], type, std::stod(a[3]), std::stod(a[4]))}), string();
     }},
    {"lazy-force", [](const Arguments& a) { return text(peer::Lazy(block(a[1])).force()); }},
    {"lazy-count", [](const Arguments& a) { return text(peer::Lazy(block(a[1])).count()); }},
    {"stream-create", TYPED(stream_create)},
    {"stream-emit", TYPED(stream_emit)},
    {"stream-next", TYPED(stream_next)},
    {"stream-close", TYPED(stream_close)},
    {"stream-subscribe", stream_subscribe},
    {"stream-poll", stream_poll},
    {"stream-drain", stream_drain},
    {"stream-lost", [](const Arguments&) { return text(subscriber->lost()); }},
    {"stream-work", stream_work},
    {"stream-observe", stream_observe},
    {"stack-create", TYPED(stack_create)},
    {"stack-push", TYPED(stack_push)},
    {"stack-pop", TYPED(stack_pop)},
    {"stack-work", stack_work},
    {"stack-consume", stack_consume},
    {"set-create", TYPED(set_create)},
    {"set-add", TYPED(set_add)},
    {"set-contains", TYPED(set_contains)},
    {"set-remove", TYPED(set_remove)},
    {"set-work", set_work},
    {"map-create", TYPED(map_create)},
    {"map-put", TYPED(map_put)},
    {"map-get", TYPED(map_get)},
    {"map-remove", TYPED(map_remove)},
    {"map-work", map_work},
    {"pool-create", TYPED(pool_create)},
    {"pool-allocate", TYPED(pool_allocate)},
    {"pool-free", TYPED(pool_free)},
    {"pool-get", TYPED(pool_get)},
    {"pool-set", TYPED(pool_set)},
    {"pool-work", pool_work},
    {"topic-create",
     [](const Arguments& a) { return segment->add({peer::Topic::part(a[1], number(a[2]), number(a[3]))}), string(); }},
    {"topic-send", topic_send},
    {"topic-subscribe", [](const Arguments& a) { return topic(a[1]).subscribe(), string(); }},
    {"topic-receive", topic_receive},
    {"topic-leave", [](const Arguments& a) { return topic(a[1]).leave(), string(); }},
    {"topic-produce", topic_produce},
    {"topic-consume", topic_consume},
    {"eventstream-create", [](const Arguments& a) { return segment->add({peer::EventStream::part(a[1])}), string(); }},
    {"eventstream-emit", [](const Arguments& a) { return text(peer::EventStream(block(a[1])).emit()); }},
    {"eventstream-close", [](const Arguments& a) { return peer::EventStream(block(a[1])).close(), string(); }},
    {"eventstream-await",
     [](const Arguments& a) {
         peer::EventStream stream(block(a[1]));
         ready();
         until([&] { return stream.count() != number(a[2]); });
         return text(stream.count());
     }},
    {"counter-create", [](const Arguments& a) { return segment->add({peer::Counter::part(a[1])}), string(); }},
    {"counter-add", [](const Arguments& a) { return text(peer::Counter(block(a[1])).add(std::stoll(a[2]))); }},
    {"counter-work", counter_work},
    {"semaphore-create",
     [](const Arguments& a) {
         const auto limit = static_cast<uint32_t>(number(a[3]));
         return segment->add({peer::Semaphore::part(a[1], static_cast<uint32_t>(number(a[2])), limit)}), string();
     }},
    {"semaphore-acquire", semaphore_acquire},
    {"semaphore-release", [](const Arguments& a) { return peer::Semaphore(block(a[1])).release(), string(); }},
    {"semaphore-permits", [](const Arguments& a) { return text(peer::Semaphore(block(a[1])).permits()); }},
    {"semaphore-work", semaphore_work},
    {"mutex-create", [](const Arguments& a) { return segment->add({peer::Mutex::part(a[1])}), string(); }},
    {"mutex-try-lock", [](const Arguments& a) { return text(peer::Mutex(block(a[1])).try_lock()); }},
    {"mutex-unlock", [](const Arguments& a) { return peer::Mutex(block(a[1])).unlock(), string(); }},
    {"mutex-work", mutex_work},
    {"latch-create",
     [](const Arguments& a) {
         return segment->add({peer::Latch::part(a[1], static_cast<uint32_t>(number(a[2])))}), string();
     }},
    {"latch-count-down",
     [](const Arguments& a) {
         return peer::Latch(block(a[1])).count_down(static_cast<uint32_t>(number(a[2]))), string();
     }},
    {"latch-wait", latch_wait},
    {"once-create", [](const Arguments& a) { return segment->add({peer::Once::part(a[1])}), string(); }},
    {"once-run", once_run},
    {"event-create", [](const Arguments& a) { return segment->add(peer::Event::parts(a[1], a[2] == "MANUAL")), string(); }},
    {"event-signal", [](const Arguments& a) { return peer::Event(*segment, a[1]).signal(), string(); }},
    {"event-reset", [](const Arguments& a) { return peer::Event(*segment, a[1]).reset(), string(); }},
    {"event-wait", event_wait},
    {"barrier-create",
     [](const Arguments& a) {
         return segment->add({peer::Barrier::part(a[1], static_cast<uint32_t>(number(a[2])))}), string();
     }},
    {"barrier-work", barrier_work},
    {"rwlock-create", [](const Arguments& a) { return segment->add(peer::RwLock::parts(a[1])), string(); }},
    {"rwlock-read", rwlock_read},
    {"rwlock-write", rwlock_write},
    {"rwlock-unread", [](const Arguments& a) { return peer::RwLock(*segment, a[1]).unlock_read(), string(); }},
    {"rwlock-unwrite", [](const Arguments& a) { return peer::RwLock(*segment, a[1]).unlock_write(), string(); }},
    {"rwlock-work", rwlock_work},
    {"monitor-create", [](const Arguments& a) { return segment->add(peer::Monitor::parts(a[1])), string(); }},
    {"monitor-step", monitor_step},
};

string answer(const string& line) {
    Arguments arguments;
    std::istringstream in(line);
    for (string word; in >> word;) {
        arguments.push_back(word);
    }
    try {
        const string found = COMMANDS.at(arguments.at(0))(arguments);
        return found.empty() ? "ok" : "ok " + found;
    } catch (const std::exception& e) {
        return string("error ") + e.what();
    }
}

// Lines of standard input, read by a thread of its own so that the end of it is seen at any time.
class Lines {
  public:
    Lines() : reader_([this] { read(); }) {}

    string next() {
        std::unique_lock<std::mutex> held(mutex_);
        arrived_.wait(held, [this] { return !lines_.empty(); });
        string line = lines_.front();
        lines_.pop_front();
        return line;
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<string> lines_;
    std::thread reader_;

    void read() {
        for (string line; std::getline(std::cin, line);) {
            const std::lock_guard<std::mutex> held(mutex_);
            lines_.push_back(line);
            arrived_.notify_one();
        }
        std::_Exit(0);
    }
};

} // namespace

int main() {
    Lines lines;
    while (true) {
        std::cout << answer(lines.next()) << std::endl;
    }
}
