/* The library that is measured. */

long add(long a, long b);

long add(long a, long b) { return a + b; }
