// `throws_main CASE` runs a case twice: the first time the call loads the library, and the
// exception unwinds out of that call. `throws_main` lists the cases.
#include "throws.h"

#include <cstdio>
#include <cstring>
#include <functional>
#include <map>

namespace {

int fails(int value) { throw parse::Failure("from the program", value); }
int fails_otherwise(int) { throw std::out_of_range("another"); }
int calls_again(int value) { return value > 2 ? fails(value) : parse::guarded(calls_again, value + 1); }

void report(const std::function<void()> &run) {
    try {
        run();
        std::puts("no exception");
    } catch (const parse::Failure &failure) {
        std::printf("%s, %d\n", failure.what(), failure.at);
    } catch (const std::exception &other) {
        std::printf("other: %s\n", other.what());
    } catch (int value) {
        std::printf("the number %d\n", value);
    }
}

struct Program {
    ~Program() { std::puts("the program cleans up"); }
};

// In the order of their names.
const std::map<std::string, std::function<void()>> cases = {
    {"again", [] { parse::again(fails, 5); }},
    {"caught", [] { std::puts(parse::caught(fails, 1).c_str()); }},
    {"caught-base", [] { std::puts(parse::caught(fails_otherwise, 1).c_str()); }},
    {"cleanup", [] {
         Program program;
         parse::number("1x");
     }},
    {"constructor", [] { parse::Sum sum(-1); }},
    {"guarded", [] { parse::guarded(fails, 2); }},
    {"nested", [] { parse::guarded(calls_again, 0); }},
    {"number", [] { std::printf("%d\n", parse::number("123")); }},
    {"plain", [] { parse::plain(6); }},
    {"sum", [] {
         parse::Sum sum(1);
         sum += 41;
         std::printf("%d\n", static_cast<int>(sum));
     }},
    {"throw", [] { parse::number("12y"); }},
    {"twice", [] { std::puts(parse::twice("a text that is longer than a short string ").c_str()); }},
};

} // namespace

int main(int count, char **arguments) {
    if (count == 1) {
        for (const auto &one : cases)
            std::puts(one.first.c_str());
        return 0;
    }
    const auto found = cases.find(arguments[1]);
    if (found == cases.end())
        return 2;
    report(found->second);
    report(found->second);
}
