/* Gives a process its CPU time as its clock: preload it, and a limit of twenty seconds means twenty CPU seconds, however
 * busy the machine is. Waiting is then free, which suits searches: they do not wait. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Some date well after the epoch, for those who dislike clocks that begin at zero. */
enum { START = 1700000000 };

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock == CLOCK_THREAD_CPUTIME_ID)
        return (int)syscall(SYS_clock_gettime, clock, now);
    int result = (int)syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, now);
    if (clock != CLOCK_PROCESS_CPUTIME_ID)
        now->tv_sec += START;
    return result;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out)
        *out = exact.tv_sec;
    return exact.tv_sec;
}
