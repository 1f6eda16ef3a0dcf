package main

/*
#include <time.h>
static double cpu_time(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}
*/
import "C"

import (
	"runtime"
	"slices"
	"time"
)

// A subject does one verification, or whatever is measured, n times.
type subject struct {
	name string
	run  func(n int)
}

// compared are medians over all rounds: what each subject takes in nanoseconds,
// and how many times as much as the first.
type compared struct {
	nanoseconds []float64
	ratios      []float64
}

// What is measured is the processor time of the whole process, so that garbage
// is paid for by who made it, and other programs aren't. The subjects take turns
// in windows that are short, but long enough for the garbage of the fast ones to
// be collected as it comes; each ratio is of neighbours in time.
func compare(rounds int, subjects []subject) compared {
	counts := make([]int, len(subjects))
	for index, one := range subjects {
		counts[index] = calls(one)
	}
	times := make([][]float64, len(subjects))
	ratios := make([][]float64, len(subjects))
	for round := range rounds {
		taken := make([]float64, len(subjects))
		for turn := range subjects {
			index := (turn + round) % len(subjects)
			taken[index] = window(subjects[index], counts[index])
		}
		for index, one := range taken {
			times[index] = append(times[index], one)
			ratios[index] = append(ratios[index], one/taken[0])
		}
	}
	result := compared{}
	for index := range subjects {
		result.nanoseconds = append(result.nanoseconds, median(times[index]))
		result.ratios = append(result.ratios, median(ratios[index]))
	}
	return result
}

const windowLength = 30 * time.Millisecond

// calls is how many calls fill a window.
func calls(one subject) int {
	for n := 1; ; n *= 2 {
		if window(one, n)*float64(n) >= float64(windowLength) {
			return n
		}
	}
}

// window is what one of n calls takes in nanoseconds, after the garbage of others
// was collected. To collect theirs at once at the end would cost more than it
// does as it comes, and on a busy machine more than what is measured.
func window(one subject, n int) float64 {
	runtime.GC()
	begun := C.cpu_time()
	one.run(n)
	return float64(C.cpu_time()-begun) / float64(n)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
