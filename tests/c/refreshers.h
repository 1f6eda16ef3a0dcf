/* The threads that keep sources fresh, as the system counts them. */

#ifndef REFRESHERS_H
#define REFRESHERS_H

#include <dirent.h>
#include <time.h>

#include "check.h"

static inline void nap(void)
{
	struct timespec millisecond = {0, 1000000};

	nanosleep(&millisecond, NULL);
}

static inline int refreshers(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	char name[300], comm[32];
	int count = 0;
	FILE *file;

	CHECK(tasks);
	while ((task = readdir(tasks))) {
		snprintf(name, sizeof(name), "/proc/self/task/%s/comm",
			 task->d_name);
		file = fopen(name, "r");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) &&
		    !strcmp(comm, "jeton-refresh\n"))
			count++;
		fclose(file);
	}
	closedir(tasks);
	return count;
}

/* A new thread names itself, and one that ends is gone a little later. */
static inline void until_refreshers(int count)
{
	int tries;

	for (tries = 0; tries < 60000 && refreshers() != count; tries++)
		nap();
	CHECK(refreshers() == count);
}

#endif
