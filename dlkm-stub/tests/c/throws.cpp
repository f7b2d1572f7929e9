// The library.
#include "throws.h"

#include <cstdio>

namespace parse {

namespace {
struct Guard {
    ~Guard() { std::puts("the library cleans up"); }
};
} // namespace

int number(const std::string &text) {
    int value = 0;
    for (std::size_t at = 0; at < text.size(); at++) {
        if (text[at] < '0' || text[at] > '9')
            throw Failure("no digit in " + text, static_cast<int>(at));
        value = 10 * value + (text[at] - '0');
    }
    return value;
}

std::string twice(const std::string &text) { return text + text; }

int guarded(int (*function)(int), int value) {
    Guard guard;
    return function(value) + 1;
}

std::string caught(int (*function)(int), int value) {
    try {
        return std::to_string(function(value));
    } catch (const Failure &failure) {
        return failure.what();
    } catch (const std::exception &) {
        return "another exception";
    }
}

int again(int (*function)(int), int value) {
    try {
        return function(value);
    } catch (...) {
        Guard guard;
        throw;
    }
}

Sum::Sum(int start) : sum_(start) {
    if (start < 0)
        throw Failure("a sum starts with a positive number", start);
}
Sum::~Sum() { std::printf("the sum was %d\n", sum_); }
Sum &Sum::operator+=(int value) {
    sum_ += value;
    return *this;
}
Sum::operator int() const { return sum_; }

int plain(int value) { throw value + 1; }

} // namespace parse
