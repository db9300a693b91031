// A plate that a torch goes round on: a grid of temperatures in a packed arena (docs/format/manifest.md), which changes.
//
//     heat MANIFEST [STEPS]
//
// Makes MANIFEST and, beside it, the file of the arrays, and goes on until its standard input ends, or for STEPS steps.
// C++17, no library: an arena is a file and a few lines of JSON.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t rows = 120;
constexpr std::size_t columns = 160;
constexpr std::size_t bytes = rows * columns * sizeof(double) + sizeof(std::int64_t);

double* map(const std::string& path) {
    int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || ftruncate(file, bytes) != 0) {
        throw std::runtime_error("cannot make " + path);
    }
    void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) {
        throw std::runtime_error("cannot map " + path);
    }
    return static_cast<double*>(mapped);
}

// Under another name first: nobody reads half of it.
void describe(const std::string& manifest) {
    std::string fresh = manifest + ".tmp";
    {
        std::ofstream out(fresh);
        out << "{\"plate\": {\"offset\": 0, \"shape\": [" << rows << ", " << columns << "], \"dtype\": \"float64\"},\n"
            << " \"step\": {\"offset\": " << rows * columns * sizeof(double)
            << ", \"shape\": [], \"dtype\": \"int64\"}}\n";
    }
    if (std::rename(fresh.c_str(), manifest.c_str()) != 0) {
        throw std::runtime_error("cannot write " + manifest);
    }
}

void step(double* plate, std::vector<double>& next, std::int64_t number) {
    double angle = static_cast<double>(number) * 0.02;
    auto row = static_cast<std::size_t>(rows / 2.0 + std::sin(angle) * rows / 3);
    auto column = static_cast<std::size_t>(columns / 2.0 + std::cos(angle) * columns / 3);
    for (std::size_t i = row - 1; i <= row + 1; i++) {
        for (std::size_t j = column - 1; j <= column + 1; j++) {
            plate[i * columns + j] = 100;
        }
    }
    for (std::size_t i = 1; i + 1 < rows; i++) {
        for (std::size_t j = 1; j + 1 < columns; j++) {
            const double* here = plate + i * columns + j;
            double around = here[-1] + here[1] + here[-static_cast<std::ptrdiff_t>(columns)] + here[columns];
            // It takes its heat from its neighbours, and loses some to the room.
            next[i * columns + j] = 0.985 * (*here + 0.2 * (around - 4 * *here));
        }
    }
    for (std::size_t at = 0; at < rows * columns; at++) {
        plate[at] = next[at];
    }
}

bool inputEnded() {
    pollfd input{0, POLLIN, 0};
    char byte = 0;
    return poll(&input, 1, 0) > 0 && read(0, &byte, 1) <= 0;
}

int run(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        throw std::runtime_error("usage: heat MANIFEST [STEPS]");
    }
    std::string manifest = argv[1];
    std::size_t dot = manifest.rfind(".json");
    if (dot == std::string::npos || dot + 5 != manifest.size()) {
        throw std::runtime_error("the manifest's name must end in .json: " + manifest);
    }
    std::int64_t steps = argc == 3 ? std::atoll(argv[2]) : INT64_MAX;
    double* plate = map(manifest.substr(0, dot) + ".bin");
    auto* number = reinterpret_cast<std::int64_t*>(plate + rows * columns);
    describe(manifest);
    std::cout << "a plate of " << rows << " by " << columns << " in " << manifest << std::endl;
    std::vector<double> next(rows * columns);
    for (std::int64_t done = 1; done <= steps && (argc == 3 || !inputEnded()); done++) {
        step(plate, next, done);
        __atomic_store_n(number, done, __ATOMIC_RELEASE);
        if (argc == 2) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    munmap(plate, bytes);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& failure) {
        std::cerr << "heat: " << failure.what() << "\n";
        return 2;
    }
}
