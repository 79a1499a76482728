/* The program inside the images of the engine tests: static, without libc, so that an image of 3 kB can do all that a test asks.
 *
 *   actor serve PORT | pause | say OUT ERR | fail | flood | echo | id | touch PATH | cat PATH | trap | deaf | env | hog | fork
 *   actor reach A.B.C.D PORT
 */
typedef unsigned long u64; typedef long i64;
#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, OPENAT = 257, CLOSE = 3, PPOLL = 271, SOCKET = 41, CONNECT = 42, ACCEPT4 = 288, BIND = 49, LISTEN = 50,
       SETSOCKOPT = 54, EXIT = 231, GETUID = 102, GETGID = 104, SIGACTION = 13, MMAP = 9, CLONE = 56 };
static i64 call(i64 n, i64 a, i64 b, i64 c, i64 d, i64 e) {
    i64 r; register i64 r10 __asm__("r10") = d; register i64 r8 __asm__("r8") = e; register i64 r9 __asm__("r9") = 0;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return r;
}
__asm__(".globl _start\n_start: mov %rsp,%rdi\n and $-16,%rsp\n call main_\n");
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, OPENAT = 56, CLOSE = 57, PPOLL = 73, SOCKET = 198, CONNECT = 203, ACCEPT4 = 242, BIND = 200,
       LISTEN = 201, SETSOCKOPT = 208, EXIT = 94, GETUID = 174, GETGID = 176, SIGACTION = 134, MMAP = 222, CLONE = 220 };
static i64 call(i64 n, i64 a, i64 b, i64 c, i64 d, i64 e) {
    register i64 x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d,
        x4 __asm__("x4") = e, x5 __asm__("x5") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
__asm__(".globl _start\n_start: mov x0,sp\n and sp,x0,-16\n b main_\n");
#endif
struct address { unsigned short family, port; unsigned ip; char zero[8]; };
struct poll { int fd; short want, got; };
struct action { void (*handler)(int); u64 flags; void (*restorer)(void); u64 mask; };
static i64 length(const char *text) { i64 n = 0; while (text[n]) n++; return n; }
static void put(i64 fd, const char *text) { call(WRITE, fd, (i64)text, length(text), 0, 0); }
static int same(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return *a == *b; }
static unsigned number(const char **text) { unsigned n = 0; while (**text >= '0' && **text <= '9') n = n * 10 + (unsigned)(*(*text)++ - '0'); return n; }
static void decimal(u64 n) { char text[24]; int at = 23; text[at] = 0; do text[--at] = (char)('0' + n % 10); while (n /= 10); put(1, text + at); }
static int copy(i64 from) {
    char buffer[16384]; i64 count;
    while ((count = call(READ, from, (i64)buffer, sizeof buffer, 0, 0)) > 0)
        for (i64 at = 0, n; at < count; at += n) if ((n = call(WRITE, 1, (i64)buffer + at, count - at, 0, 0)) <= 0) return 1;
    return 0;
}
static void pause_(void) { for (;;) call(PPOLL, 0, 0, 0, 0, 0); }
static void handler(int number_) { call(EXIT, number_ == 15 ? 0 : number_, 0, 0, 0, 0); }
static void deaf(int number_) { (void)number_; pause_(); }
static void restorer(void) { call(EXIT, 99, 0, 0, 0, 0); }
static int serve(const char *port) {
    struct address to = {2, 0, 0, {0}}; unsigned n = number(&port); int on = 1;
    to.port = (unsigned short)(n << 8 | n >> 8);
    i64 fd = call(SOCKET, 2, 1, 0, 0, 0);
    call(SETSOCKOPT, fd, 1, 2, (i64)&on, 4);
    if (call(BIND, fd, (i64)&to, 16, 0, 0) || call(LISTEN, fd, 16, 0, 0, 0)) return 1;
    for (;;) {
        i64 peer = call(ACCEPT4, fd, 0, 0, 0, 0);
        if (peer < 0) return 1;
        put(peer, "ok\n");
        call(CLOSE, peer, 0, 0, 0, 0);
    }
}
static int reach(const char *ip, const char *port) {
    struct address to = {2, 0, 0, {0}}; unsigned char *byte = (unsigned char *)&to.ip;
    for (int i = 0; i < 4; i++) { byte[i] = (unsigned char)number(&ip); if (*ip) ip++; }
    unsigned n = number(&port); to.port = (unsigned short)(n << 8 | n >> 8);
    return call(CONNECT, call(SOCKET, 2, 1, 0, 0, 0), (i64)&to, 16, 0, 0) ? 1 : 0;
}
__attribute__((used)) void main_(u64 *stack) {
    const char **argv = (const char **)(stack + 1), *what = stack[0] > 1 ? argv[1] : "pause", *first = stack[0] > 2 ? argv[2] : "";
    int code = 0;
    if (same(what, "serve")) code = serve(first);
    else if (same(what, "reach")) code = reach(first, argv[3]);
    else if (same(what, "say")) { put(1, first); put(1, "\n"); put(2, argv[3]); put(2, "\n"); }
    else if (same(what, "fail")) { put(1, "the reason stands here\n"); code = 3; }
    else if (same(what, "flood")) for (;;) put(1, "0123456789012345678901234567890123456789012345678901234567890123456789\n");
    else if (same(what, "echo")) code = copy(0);
    else if (same(what, "cat")) { i64 fd = call(OPENAT, -100, (i64)first, 0, 0, 0); code = fd < 0 ? 1 : copy(fd); }
    else if (same(what, "touch")) code = call(OPENAT, -100, (i64)first, 0101, 0644, 0) < 0;
    else if (same(what, "id")) { decimal((u64)call(GETUID, 0, 0, 0, 0, 0)); put(1, " "); decimal((u64)call(GETGID, 0, 0, 0, 0, 0)); put(1, "\n"); }
    else if (same(what, "env")) for (const char **at = argv + stack[0] + 1; *at; at++) { put(1, *at); put(1, "\n"); }
    else if (same(what, "trap") || same(what, "deaf")) {
        struct action action = {same(what, "trap") ? handler : deaf, 0x04000000, restorer, 0};
        call(SIGACTION, 2, (i64)&action, 0, 8, 0); call(SIGACTION, 15, (i64)&action, 0, 8, 0);
        put(1, "ready\n"); pause_();
    }
    else if (same(what, "hog")) for (;;) {
        char *block = (char *)call(MMAP, 0, 1 << 20, 3, 0x22, -1);
        if ((i64)block < 0 && (i64)block > -4096) pause_();
        for (int at = 0; at < 1 << 20; at += 4096) block[at] = 1;
    }
    else if (same(what, "fork")) {
        for (int made = 0; made < 100; made++) {
            i64 child = call(CLONE, 17, 0, 0, 0, 0);
            if (!child) pause_();
            if (child < 0) break;
        }
        put(1, "bounded\n"); pause_();
    }
    else pause_();
    call(EXIT, code, 0, 0, 0, 0);
}
