// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Programs in the target's kernel, by bpf(2) alone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lab.h"

int bpf(int cmd, union bpf_attr *attr)
{
	long ret = syscall(__NR_bpf, cmd, attr, sizeof(*attr));

	/* On SPARC the C library takes ENOTSUPP for a result (extras/libbpf/unistd.h). */
	return ret == -1 ? -errno : ret;
}

uint64_t pointer(const void *p)
{
	return (uintptr_t)p;
}

/* A tracing program runs with the least around it; a kernel without those has the others. */
static const unsigned int types[] = {
	BPF_PROG_TYPE_RAW_TRACEPOINT,
	BPF_PROG_TYPE_XDP,
	BPF_PROG_TYPE_SOCKET_FILTER,
};

static int test_run(const struct kernel *kernel, int prog_fd, uint32_t *ret)
{
	static char packet[64];
	union bpf_attr attr;
	int err;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = prog_fd;
	if (kernel->type != BPF_PROG_TYPE_RAW_TRACEPOINT) {
		attr.test.data_in = pointer(packet);
		attr.test.data_size_in = sizeof(packet);
		attr.test.repeat = 1;
	}
	err = bpf(BPF_PROG_TEST_RUN, &attr);
	*ret = attr.test.retval;
	return err;
}

/* An array of @n elements of @size bytes, which is mapped; returns its elements. */
static void *open_array(uint32_t size, uint32_t n, int *fd)
{
	union bpf_attr attr;
	void *elements;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = size;
	attr.max_entries = n;
	attr.map_flags = BPF_F_MMAPABLE;
	*fd = bpf(BPF_MAP_CREATE, &attr);
	if (*fd < 0)
		bail_out("cannot make an array map that is mapped: %s (it takes root, and Linux 5.5)",
			 strerror(-*fd));
	elements = mmap(NULL, (size_t)size * n, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (elements == MAP_FAILED)
		bail_out("cannot map the map: %m");
	return elements;
}

static void open_maps(struct kernel *kernel)
{
	char *element = open_array(AREA_PAD + sizeof(struct area), 1, &kernel->map_fd);

	kernel->area = (struct area *)(element + AREA_PAD);
	kernel->words = open_array(sizeof(uint64_t), N_WORDS, &kernel->words_fd);
	/* A descriptor is reserved: each program with a tail call has a map of its own there. */
	kernel->tails_fd = dup(kernel->map_fd);
	if (kernel->tails_fd < 0)
		bail_out("cannot get a descriptor: %m");
	disasm_map(kernel->map_fd, "area_map");
	disasm_map(kernel->words_fd, "words");
	disasm_map(kernel->tails_fd, "tails");
}

void kernel_open(struct kernel *kernel)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	const struct bpf_insn insns[] = { MOV64_IMM(BPF_REG_0, 2), EXIT() };
	unsigned int major = 0, minor = 0;
	struct utsname name;
	uint32_t ret = 0;
	int fd, err = 0;

	/* Before 5.11, maps and programs are locked memory of the user's. */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	uname(&name);
	sscanf(name.release, "%u.%u", &major, &minor);
	kernel->release = 100 * major + minor;
	open_maps(kernel);
	for (unsigned int i = 0; i < N_OF(types); i++) {
		kernel->type = types[i];
		fd = kernel_load(kernel, insns, N_OF(insns), 0, false);
		err = fd < 0 ? fd : test_run(kernel, fd, &ret);
		if (fd >= 0)
			close(fd);
		if (!err && ret == 2)
			return;
	}
	bail_out("the kernel runs no program: %s", strerror(-err));
}

int kernel_load_attr(struct kernel *kernel, union bpf_attr *attr, bool want_verdict)
{
	static char log[1 << 16];
	char *line, *end;
	int fd;

	attr->license = pointer("GPL");
	memcpy(attr->prog_name, "jit_lab", sizeof("jit_lab"));
	/* Under load the verifier may be interrupted. */
	do
		fd = bpf(BPF_PROG_LOAD, attr);
	while (fd == -EAGAIN);
	if (fd >= 0 || !want_verdict)
		return fd;

	attr->log_buf = pointer(log);
	attr->log_size = sizeof(log);
	attr->log_level = 1;
	log[0] = '\0';
	bpf(BPF_PROG_LOAD, attr);
	/* The last line but the counts. */
	line = strstr(log, "\nprocessed ");
	if (line)
		*line = '\0';
	else if (!strncmp(log, "processed ", 10))
		log[0] = '\0';
	end = log + strlen(log);
	while (end > log && end[-1] == '\n')
		*--end = '\0';
	line = strrchr(log, '\n');
	snprintf(kernel->verdict, sizeof(kernel->verdict), "%s", line ? line + 1 : log);
	return fd;
}

int kernel_types(union bpf_attr *attr)
{
	static int fd = -1;

	if (fd < 0)
		fd = btf_load();
	attr->prog_btf_fd = fd;
	return fd < 0 ? fd : 0;
}

int kernel_attr(const struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
		uint32_t flags, union bpf_attr *attr)
{
	static struct bpf_func_info funcs[1 + FUNCTIONS_MAX];
	unsigned int starts[FUNCTIONS_MAX], count;

	memset(attr, 0, sizeof(*attr));
	attr->prog_type = kernel->type;
	attr->insns = pointer(insns);
	attr->insn_cnt = n;
	attr->prog_flags = flags;
	if (!needs_jit(insns, n))
		return 0;
	count = functions_of(insns, n, starts);
	funcs[0] = (struct bpf_func_info){ 0, BTF_MAIN };
	for (unsigned int i = 0; i < count; i++)
		funcs[1 + i] = (struct bpf_func_info){ starts[i], BTF_CALLBACK };
	attr->func_info = pointer(funcs);
	attr->func_info_rec_size = sizeof(funcs[0]);
	attr->func_info_cnt = 1 + count;
	return kernel_types(attr);
}

int kernel_load(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n, uint32_t flags,
		bool want_verdict)
{
	union bpf_attr attr;
	int err = kernel_attr(kernel, insns, n, flags, &attr);

	return err ? err : kernel_load_attr(kernel, &attr, want_verdict);
}

/*
 * The map is new each time: it takes programs of one kind only, JITed or not, and the kind is that of
 * the first program.
 */
int kernel_load_tail(struct kernel *kernel, const struct program *prog, uint32_t flags)
{
	const uint32_t key = 0;
	union bpf_attr attr;
	int fd, map_fd, err;

	if (!prog->tail)
		return 0;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_PROG_ARRAY;
	attr.key_size = attr.value_size = sizeof(uint32_t);
	attr.max_entries = 2;
	map_fd = bpf(BPF_MAP_CREATE, &attr);
	if (map_fd < 0)
		bail_out("cannot make a map of programs: %s", strerror(-map_fd));
	if (dup2(map_fd, kernel->tails_fd) < 0)
		bail_out("cannot get a descriptor: %m");
	close(map_fd);
	fd = kernel_load(kernel, prog->insns + prog->tail, prog->n - prog->tail, flags, true);
	if (fd < 0)
		return fd;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = kernel->tails_fd;
	attr.key = pointer(&key);
	attr.value = pointer(&fd);
	err = bpf(BPF_MAP_UPDATE_ELEM, &attr);
	close(fd);
	return err;
}

int kernel_load_program(struct kernel *kernel, const struct program *prog, uint32_t flags,
			bool want_verdict)
{
	int err = kernel_load_tail(kernel, prog, flags);

	return err < 0 ? err :
			 kernel_load(kernel, prog->insns, first_length(prog), flags, want_verdict);
}

int kernel_info(int prog_fd, struct bpf_prog_info *info)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = prog_fd;
	attr.info.info_len = sizeof(*info);
	attr.info.info = pointer(info);
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

bool kernel_jited(int prog_fd)
{
	struct bpf_prog_info info;
	int err;

	memset(&info, 0, sizeof(info));
	err = kernel_info(prog_fd, &info);
	if (err)
		bail_out("cannot ask for a program's native code: %s", strerror(-err));
	return info.jited_prog_len > 0;
}

uint32_t kernel_run(const struct kernel *kernel, int prog_fd)
{
	uint32_t ret;
	int err;

	do
		err = test_run(kernel, prog_fd, &ret);
	while (err == -EINTR || err == -EAGAIN);
	if (err)
		bail_out("cannot run a program: %s", strerror(-err));
	return ret;
}
