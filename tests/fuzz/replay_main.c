/* SPDX-License-Identifier: Apache-2.0
 *
 * Replays a corpus through a fuzz target without libFuzzer, so that every build runs it as a
 * regression test: replay FILE-OR-FOLDER...
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return -1;
	}
	(void)fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
	size_t got = data && size > 0 ? fread(data, 1, (size_t)size, file) : 0;
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, got);
	free(data);
	return 0;
}

static int replay(const char *path, int *count)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		perror(path);
		return -1;
	}
	if (!S_ISDIR(st.st_mode)) {
		(*count)++;
		return replay_file(path);
	}
	DIR *folder = opendir(path);
	if (!folder) {
		perror(path);
		return -1;
	}
	int rc = 0;
	for (struct dirent *entry; rc == 0 && (entry = readdir(folder));) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		char whole[4096];
		(void)snprintf(whole, sizeof(whole), "%s/%s", path, entry->d_name);
		rc = replay(whole, count);
	}
	(void)closedir(folder);
	return rc;
}

int main(int argc, char **argv)
{
	int count = 0;
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i], &count) != 0) {
			return 1;
		}
	}
	printf("%d inputs replayed\n", count);
	return count > 0 ? 0 : 1;
}
