// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See why.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/log.h"
#include "common/why.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define POISON	    "195896080" /* libbpf's number of a function that a failed relocation calls */

static const struct {
	const char *word, *cure;
	bool skip;
} classes[LACK_CLASSES] = {
	[LACK_NOTHING] = { "ok", "" },
	[LACK_SYSCALL] = { "no-bpf", "Boot a kernel with CONFIG_BPF_SYSCALL.", true },
	[LACK_BTF] = { "no-btf",
		       "Boot a kernel with CONFIG_DEBUG_INFO_BTF, or do without CO-RE and targets that are found by BTF.",
		       true },
	[LACK_PROG_TYPE] = { "no-prog-type",
			     "Make the program optional (SEC(\"?...\")), and load another type where this one is missing.",
			     true },
	[LACK_TARGET] = { "no-target",
			  "Look the target up before the load (bpftool btf dump), and attach to one that this kernel has, or by kprobe.",
			  true },
	[LACK_TRAMPOLINE] = { "no-trampoline",
			      "Use kprobe and kretprobe in place of fentry and fexit; or a kernel whose BPF JIT makes trampolines.",
			      true },
	[LACK_PROG_FLAG] = { "no-flag",
			     "Load the program without the flag that its section names where the kernel does not know it.",
			     true },
	[LACK_MAP_TYPE] = { "no-map-type",
			    "Use another map type here: bpf_map__set_type() or bpf_map__set_autocreate() before the load.",
			    true },
	[LACK_HELPER] = { "no-helper",
			  "Guard the call with bpf_core_enum_value_exists(enum bpf_func_id, ...), and do without it here.",
			  true },
	[LACK_KFUNC] = { "no-kfunc",
			 "Declare the function __weak, and guard the call with bpf_ksym_exists().",
			 true },
	[LACK_CONFIG] = { "no-config",
			  "Boot a kernel with that option; or declare the extern __weak and test it.",
			  true },
	[LACK_GLOBAL_POINTER] = { "no-global-ptr", "Make the function static, or __always_inline.",
				  true },
	[LACK_ATOMICS] = { "no-atomics", "Use per-CPU maps, or a kernel with the BPF interpreter.",
			   true },
	[LACK_INSNS] = { "no-insns",
			 "Compile for an older instruction set: -mcpu=v3 or lower (BPF_CPU=).",
			 true },
	[LACK_JIT] = { "no-jit",
		       "Turn the JIT on (net.core.bpf_jit_enable), or do without what only a JIT can do.",
		       true },
	[LACK_32_BITS] = { "32-bit", "libbpf has no way to do this for a kernel of 32 bits.",
			   true },
	[LACK_LINK] = { "no-attach", "Attach in another way where the kernel lacks this one.",
			true },
	[WHY_BYTE_ORDER] = { "byte-order",
			     "Compile it with clang -target bpfeb for big-endian, bpfel for little-endian machines.",
			     true },
	[WHY_LOADER] = { "needs-loader",
			 "Give the program's own loader: make matrix CMD='./loader' FILES=...",
			 true },
	[WHY_SKIPPED] = { "skipped", "Read the words of the loader that skipped it.", true },
	[WHY_OBJECT] = { "bad-object",
			 "Give a program's object, compiled with clang -g -O2 -target bpf, for libbpf 1.0 or newer.",
			 false },
	[WHY_VALUE] = { "bad-value",
			"Correct OBJ_RODATA=: bpftool btf dump file OBJECT shows the variables and their types.",
			false },
	[WHY_RIGHTS] = { "no-rights", "Run it as root; in a container, with CAP_SYS_ADMIN.",
			 false },
	[WHY_MEMORY] = { "no-memory", "Give the VM more memory (MEM=), or make the maps smaller.",
			 false },
	[WHY_FIELD] = { "no-field",
			"Guard the access with bpf_core_field_exists() or bpf_core_type_exists(), and read what this kernel has.",
			false },
	[WHY_COMPLEX] = { "too-complex",
			  "Bound loops, use bpf_loop() or global functions, or split the program with tail calls.",
			  false },
	[WHY_VERIFIER] = { "refused", "Change the program where the verifier points.", false },
	[WHY_LIBBPF] = { "libbpf",
			 "Read libbpf's words; a program that needs its own loader is run by CMD=.",
			 false },
	[WHY_ATTACH] = { "attach", "Look whether the target has what the section names.", false },
	[WHY_HANG] = { "hang", "Give it longer (TEST_TIMEOUT=), or look at what it waits for.",
		       false },
	[WHY_DIED] = { "died", "Look at the console's log for the kernel's words.", false },
	[WHY_STATUS] = { "status", "Run the command by hand: make qemu-ssh.", false },
};

const char *why_word(enum lack_class class)
{
	return classes[class].word;
}

const char *why_cure(enum lack_class class)
{
	return classes[class].cure;
}

bool why_skip(enum lack_class class)
{
	return classes[class].skip;
}

/* --- CO-RE relocations ---------------------------------------------------------------- */

/* Relocations that found nothing: libbpf replaces them by a call of an impossible function. */
static struct relo {
	struct relo *next;
	unsigned int insn;
	char spec[192]; /* "struct task_struct.no_such_field" */
} *failed;

void why_note(const char *text)
{
	static char spec[192];
	const char *relo = strstr(text, ": relo #"), *colon;
	struct relo *new;
	unsigned int insn;

	if (strncmp(text, "libbpf: prog ", strlen("libbpf: prog ")) || !relo)
		return;
	colon = strstr(relo + 2, ": ");
	/* "<byte_off> [12] struct s.field (0:3 @ offset 8)" */
	if (colon && sscanf(colon, ": <%*[^>]> [%*d] %191[^(\n]", spec) == 1)
		return;
	if (!colon || sscanf(colon, ": substituting insn #%u w/ invalid insn", &insn) != 1)
		return;
	new = calloc(1, sizeof(*new));
	if (!new)
		return;
	snprintf(new->spec, sizeof(new->spec), "%.*s", (int)strcspn(spec, "("), spec);
	while (new->spec[0] && new->spec[strlen(new->spec) - 1] == ' ')
		new->spec[strlen(new->spec) - 1] = '\0';
	new->insn = insn;
	new->next = failed;
	failed = new;
}

/* The relocation whose call the verifier came to, if that is why it refused the program. */
static const struct relo *failed_relo(const char *log)
{
	const char *number = strstr(log, "unknown#" POISON);
	const char *fixed = strstr(log, "<invalid CO-RE relocation>"); /* libbpf's, in its place */
	const char *line = number ? number : fixed;
	const struct relo *relo;
	unsigned int insn;

	if (!line || !failed)
		return NULL;
	while (line > log && line[-1] != '\n')
		line--;
	if (sscanf(line, "%u:", &insn) == 1)
		for (relo = failed; relo; relo = relo->next)
			if (relo->insn == insn)
				return relo;
	/* In a function behind the program its number is another one. */
	return failed;
}

/* --- the verifier's log ---------------------------------------------------------------- */

/* A program that every kernel takes has in its log only the lines of the verifier's figures. */
static void learn_figures(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static bool learnt;
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 4);
	int fd;

	if (learnt)
		return;
	learnt = true;
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, SIZE(insns), &opts);
	if (fd < 0)
		return;
	close(fd);
	log_learn(log);
}

void why_explain(FILE *out, const char *log, const char *before)
{
	learn_figures();
	log_explain(out, log, before);
}

static bool last_words(struct lack *why, const char *log)
{
	learn_figures();
	return log_last_words(why->what, sizeof(why->what), log);
}

/* --- classes --------------------------------------------------------------------------- */

bool why_complex(struct lack *why, int err, const char *log)
{
	if (err != -E2BIG && !log_at_limit(log))
		return false;
	why->class = WHY_COMPLEX;
	if (!last_words(why, log))
		snprintf(why->what, sizeof(why->what), "%s", strerror(-err));
	return true;
}

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* The last line of libbpf's own that is about the object, not about the end of its load. */
static void words_of_libbpf(struct lack *why, int err, const char *log)
{
	const char *line, *next;

	snprintf(why->what, sizeof(why->what), "%s", strerror(-err));
	for (line = log; line && *line; line = next ? next + 1 : NULL) {
		int len = strcspn(line, "\n");

		next = strchr(line, '\n');
		if (begins(line, "libbpf: ") && !begins(line, "libbpf: failed to load object") &&
		    !begins(line, "libbpf: failed to load BPF skeleton"))
			snprintf(why->what, sizeof(why->what), "%.*s", len - 8, line + 8);
	}
}

void why_load(struct lack *why, const struct bpf_object *obj, int err, const char *log)
{
	bool verified = strstr(log, "BPF program load failed");
	const struct relo *relo = verified ? failed_relo(log) : NULL;

	/* Not -EACCES: that is how the verifier refuses a program. */
	if (err == -EPERM) {
		why->class = WHY_RIGHTS;
		snprintf(why->what, sizeof(why->what), "%s", strerror(-err));
	} else if (relo) {
		why->class = WHY_FIELD;
		snprintf(why->what, sizeof(why->what),
			 "kernel has no %s, which a CO-RE relocation asks for", relo->spec);
	} else if (lack_load(why, obj, err, log)) {
		return;
	} else if (err == -ENOMEM || (err == -E2BIG && strstr(log, ": failed to create: "))) {
		why->class = WHY_MEMORY;
		words_of_libbpf(why, err, log);
	} else if (verified && why_complex(why, err, log)) {
		return;
	} else if (verified) {
		why->class = WHY_VERIFIER;
		if (!last_words(why, log))
			snprintf(why->what, sizeof(why->what),
				 "%s, without a word of the verifier's", strerror(-err));
	} else {
		why->class = WHY_LIBBPF;
		words_of_libbpf(why, err, log);
	}
}

void why_open(struct lack *why, int err, const char *log)
{
	why->class = err == -ENOMEM ? WHY_MEMORY : WHY_OBJECT;
	words_of_libbpf(why, err, log);
}
