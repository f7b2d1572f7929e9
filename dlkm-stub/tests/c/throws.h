// A C++ library that throws, and that calls functions of the program which throw.
#pragma once

#include <stdexcept>
#include <string>

namespace parse {

// All of it is inline: the program and the library have their own, and meet by name.
struct Failure : std::runtime_error {
    int at;
    Failure(const std::string &what, int at) : std::runtime_error(what), at(at) {}
};

int number(const std::string &text);
std::string twice(const std::string &text);
int guarded(int (*function)(int), int value);
std::string caught(int (*function)(int), int value);
int again(int (*function)(int), int value);

class Sum {
public:
    explicit Sum(int start);
    ~Sum();
    Sum &operator+=(int value);
    operator int() const;

private:
    int sum_;
};

extern "C" int plain(int value);

} // namespace parse
