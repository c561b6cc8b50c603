// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Loads BPF objects without their user halves, and says of each program whether the kernel
 * takes it, what that costs its verifier, and why not.  It runs on the target of `make matrix`.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/why.h"

#define STATS	    4 /* BPF_LOG_STATS: figures alone */
#define STATS_SIZE  (64U << 10)
#define LOG_SIZE    ((16U << 20) - 1) /* what Linux 5.10 takes, at most */
#define LOG_END	    8192	      /* that much of it is looked at */
#define STACK_DEPTH 127		      /* what perf_event_max_stack is by default */

static const char usage[] =
	"usage: objload [-ak] [-t SECONDS] LIST\n"
	"\n"
	"LIST has a row a line: NAME, FILE and VALUES, with tabs between them.  FILE is a BPF\n"
	"object, and VALUES are name=value of its global variables; or FILE is -, and VALUES\n"
	"is a command line, whose exit status is the verdict: 0 ok, 4 skipped.\n"
	"\n"
	"  -a  attach each program that was loaded, too\n"
	"  -k  mark each row's begin in the kernel's log, and so on the console\n"
	"  -t  seconds after which a row is ended\n"
	"\n"
	"An object is loaded as libbpf does it.  If that fails, each program is loaded alone, and\n"
	"so are optional programs.  Printed are lines of fields with tabs between them:\n"
	"  kernel RELEASE\n"
	"  begin ROW\n"
	"  result ROW PROGRAM SECTION TYPE VERDICT CLASS INSNS STATES PEAK STACK SIZE JITED USEC WHY\n"
	"  more ROW PROGRAM TEXT\n"
	"  absent ROW\n"
	"  end ROW\n"
	"PROGRAM is empty for the object as a whole.  A figure that the kernel does not give is\n"
	"empty.  more has the log's lines of a failure, and its cure.  absent: the object has none\n"
	"of the variables that VALUES name.\n";

struct row {
	char *name, *file, *values;
};

/* A verdict.  A figure is -1 if the kernel does not give it. */
struct result {
	const char *program, *section, *type;
	struct lack why;
	long insns, states, peak, stack, size, jited, usec;
};

static bool attach;
static unsigned int limit;

/* --- what libbpf says ------------------------------------------------------------------ */

/* Its warnings of this load. */
static char said[LOG_END + 1];
static size_t said_len;

static int on_print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char text[2048];
	size_t len, over;

	if (level == LIBBPF_DEBUG && !strstr(fmt, "relo #"))
		return 0;
	vsnprintf(text, sizeof(text), fmt, args);
	why_note(text);
	if (level == LIBBPF_DEBUG)
		return 0;
	len = strlen(text);
	over = said_len + len > LOG_END ? said_len + len - LOG_END : 0;
	memmove(said, said + over, said_len - over);
	said_len -= over;
	memcpy(said + said_len, text, len + 1);
	said_len += len;
	return 0;
}

/* --- output ------------------------------------------------------------------------------ */

/* A field: nothing in it ends it. */
static void field(const char *text)
{
	putchar('\t');
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == '\177' ? ' ' : *text);
}

/* Whole lines leave: the kernel may not survive what comes next. */
static void end_line(void)
{
	putchar('\n');
	fflush(stdout);
}

static void figure(long n)
{
	if (n < 0)
		putchar('\t');
	else
		printf("\t%ld", n);
}

static void show(const struct row *row, const struct result *r)
{
	fputs("result", stdout);
	field(row->name);
	field(r->program);
	field(r->section);
	field(r->type);
	field(r->why.class == LACK_NOTHING ? "ok" : why_skip(r->why.class) ? "skip" : "fail");
	field(why_word(r->why.class));
	figure(r->insns);
	figure(r->states);
	figure(r->peak);
	figure(r->stack);
	figure(r->size);
	figure(r->jited);
	figure(r->usec);
	field(r->why.class == LACK_NOTHING ? "" : r->why.what);
	end_line();
}

static void more(const struct row *row, const char *program, const char *text)
{
	fputs("more", stdout);
	field(row->name);
	field(program);
	field(text);
	end_line();
}

/* The screen that explains a failure. */
static void show_more(const struct row *row, const char *program, enum lack_class class,
		      const char *log)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *out;

	if (class == LACK_NOTHING)
		return;
	if (class == WHY_VERIFIER || class == WHY_COMPLEX || class == WHY_FIELD) {
		out = open_memstream(&text, &size);
		if (out) {
			why_explain(out, log, "");
			fclose(out);
		}
		for (rest = text; rest && (line = strsep(&rest, "\n"));)
			if (*line)
				more(row, program, line);
		free(text);
	}
	more(row, program, why_cure(class));
}

static void init(struct result *r, const struct bpf_program *prog)
{
	const char *type = prog ? libbpf_bpf_prog_type_str(bpf_program__type(prog)) : NULL;

	*r = (struct result){
		.program = prog ? bpf_program__name(prog) : "",
		.section = prog ? bpf_program__section_name(prog) : "",
		.type = type ? type : "",
		.insns = -1,
		.states = -1,
		.peak = -1,
		.stack = -1,
		.size = -1,
		.jited = -1,
		.usec = -1,
	};
}

static void absent(const struct row *row)
{
	fputs("absent", stdout);
	field(row->name);
	end_line();
}

__attribute__((format(printf, 4, 5))) static void object_fails(const struct row *row,
							       struct result *r,
							       enum lack_class class,
							       const char *fmt, ...)
{
	va_list args;

	/* A shape of values is for objects that can be opened. */
	if (*row->values && (class == WHY_OBJECT || class == WHY_BYTE_ORDER)) {
		absent(row);
		return;
	}
	init(r, NULL);
	r->why.class = class;
	va_start(args, fmt);
	vsnprintf(r->why.what, sizeof(r->why.what), fmt, args);
	va_end(args);
	show(row, r);
	show_more(row, "", class, "");
}

/* --- figures ----------------------------------------------------------------------------- */

/* The number behind a word of the verifier's figures, or -1. */
static long number(const char *log, const char *word)
{
	const char *at = NULL, *next;
	long n;

	for (next = log; (next = strstr(next, word)); next++)
		at = next;
	return at && sscanf(at + strlen(word), "%ld", &n) == 1 ? n : -1;
}

/* "stack depth 16+0+8": of the program and of its functions. */
static long stack_depth(const char *log)
{
	const char *at = strstr(log, "stack depth ");
	long sum = 0, n;
	int len;

	if (!at || sscanf(at += strlen("stack depth "), "%ld%n", &n, &len) != 1)
		return -1;
	do {
		sum += n;
		at += len;
	} while (sscanf(at, "+%ld%n", &n, &len) == 1);
	return sum;
}

static void measure(struct result *r, int fd, const char *log)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	r->insns = number(log, "processed ");
	r->states = number(log, "total_states ");
	r->peak = number(log, "peak_states ");
	r->usec = number(log, "verification time ");
	r->stack = stack_depth(log);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return;
	if (info.verified_insns) /* since Linux 5.16 */
		r->insns = info.verified_insns;
	r->size = info.xlated_prog_len / sizeof(struct bpf_insn);
	if (info.jited_prog_len) /* 0 is an interpreted program, or one that is hidden */
		r->jited = info.jited_prog_len;
}

/* --- values of variables ------------------------------------------------------------------- */

/* A variable of the object's data: where it is, and of which type; NULL if there is none. */
static void *variable(struct bpf_object *obj, const char *name, const struct btf_type **type)
{
	struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *sec, *var;
	struct btf_var_secinfo *info;
	struct bpf_map *map;
	size_t size, len;
	const char *data;
	void *value;
	int i, id;

	for (id = 1; btf && id < (int)btf__type_cnt(btf); id++) {
		sec = btf__type_by_id(btf, id);
		data = btf__name_by_offset(btf, sec->name_off);
		if (!btf_is_datasec(sec) || (strncmp(data, ".rodata", 7) &&
					     strncmp(data, ".data", 5) && strcmp(data, ".bss")))
			continue;
		for (i = 0, info = btf_var_secinfos(sec); i < btf_vlen(sec); i++, info++) {
			var = btf__type_by_id(btf, info->type);
			if (strcmp(btf__name_by_offset(btf, var->name_off), name))
				continue;
			*type = btf__type_by_id(btf, btf__resolve_type(btf, var->type));
			while (*type && (btf_is_mod(*type) || btf_is_typedef(*type)))
				*type = btf__type_by_id(btf, (*type)->type);
			/* The map of .rodata is called after the object, too. */
			bpf_object__for_each_map(map, obj)
			{
				len = strlen(bpf_map__name(map));
				if (!bpf_map__is_internal(map) || len < strlen(data) ||
				    strcmp(bpf_map__name(map) + len - strlen(data), data))
					continue;
				value = bpf_map__initial_value(map, &size);
				if (value && info->offset + info->size <= size)
					return (char *)value + info->offset;
			}
		}
	}
	return NULL;
}

/* The number that a text means for a type; false if it means none. */
static bool to_number(const struct btf *btf, const struct btf_type *type, const char *text,
		      long long *n)
{
	const struct btf_enum *e = btf_enum(type);
	unsigned int bits = type->size * 8;
	bool sign = btf_is_int(type) && (btf_int_encoding(type) & BTF_INT_SIGNED);
	char *end;
	int i;

	if (btf_is_enum(type))
		for (i = 0; i < btf_vlen(type); i++)
			if (!strcmp(btf__name_by_offset(btf, e[i].name_off), text)) {
				*n = e[i].val;
				return true;
			}
	if (!strcmp(text, "true") || !strcmp(text, "false")) {
		*n = text[0] == 't';
		return true;
	}
	errno = 0;
	*n = text[0] == '-' ? strtoll(text, &end, 0) : (long long)strtoull(text, &end, 0);
	if (errno || !*text || *end ||
	    (btf_is_int(type) && btf_int_encoding(type) & BTF_INT_BOOL && *n >> 1))
		return false;
	if (text[0] == '-')
		return (sign || btf_is_enum(type)) && *n >= -(1LL << (bits - 1));
	return bits == 64 ? !sign || *n >= 0 : *n >= 0 && *n < 1LL << (bits - sign);
}

/* Sets one variable; false if it cannot be, with the reason. */
static bool set(struct bpf_object *obj, const char *name, const char *text, bool *present,
		char *why, size_t size)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *type, *element;
	void *value = variable(obj, name, &type);
	long long n;

	if (!value) {
		snprintf(why, size, "it has no global variable %s", name);
		return true;
	}
	*present = true;
	if (btf_is_array(type)) {
		element = btf__type_by_id(btf, btf__resolve_type(btf, btf_array(type)->type));
		if (element && element->size == 1 && strlen(text) < btf_array(type)->nelems) {
			memset(value, 0, btf_array(type)->nelems);
			memcpy(value, text, strlen(text));
			return true;
		}
		snprintf(why, size, "%s takes a text of at most %u characters", name,
			 btf_array(type)->nelems - 1);
		return false;
	}
	if (!btf_is_int(type) && !btf_is_enum(type)) {
		snprintf(why, size, "%s is no number and no text, and cannot be set", name);
		return false;
	}
	if (!to_number(btf, type, text, &n)) {
		snprintf(why, size, "%s is %u bits wide and cannot be %s", name, type->size * 8,
			 text);
		return false;
	}
	switch (type->size) {
	case 1:
		*(__s8 *)value = n;
		break;
	case 2:
		*(__s16 *)value = n;
		break;
	case 4:
		*(__s32 *)value = n;
		break;
	default:
		*(__s64 *)value = n;
		break;
	}
	return true;
}

/* Sets all of a row; 0 done, 1 the object has none of them, -1 with the reason. */
static int set_values(struct bpf_object *obj, const char *values, char *why, size_t size)
{
	char *words = strdup(values), *rest = words, *word, *text;
	bool present = false, fine = true;

	why[0] = '\0';
	while (fine && (word = strsep(&rest, " "))) {
		if (!*word)
			continue;
		text = strchr(word, '=');
		if (!text || text == word) {
			snprintf(why, size, "%s is not name=value", word);
			fine = false;
			break;
		}
		*text++ = '\0';
		fine = set(obj, word, text, &present, why, size);
	}
	free(words);
	if (!fine)
		return -1;
	if (!*why)
		return 0;
	return present ? -1 : 1;
}

/* --- loads ----------------------------------------------------------------------------------- */

/* Sizes that the user half would set are small ones here, and no map is pinned. */
static void fix_maps(struct bpf_object *obj)
{
	enum bpf_map_type type;
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
	{
		bpf_map__set_pin_path(map, NULL);
		/*
		 * bpf2go's loader knows an event's type by that of the map's values, and sets the
		 * sizes that the kernel takes.
		 */
		type = bpf_map__type(map);
		if (type == BPF_MAP_TYPE_RINGBUF || type == BPF_MAP_TYPE_USER_RINGBUF) {
			bpf_map__set_key_size(map, 0);
			bpf_map__set_value_size(map, 0);
		} else if (type == BPF_MAP_TYPE_PERF_EVENT_ARRAY) {
			bpf_map__set_key_size(map, sizeof(__u32));
			bpf_map__set_value_size(map, sizeof(__u32));
		}
		if (type == BPF_MAP_TYPE_STACK_TRACE && !bpf_map__value_size(map)) {
			bpf_map__set_key_size(map, sizeof(__u32));
			bpf_map__set_value_size(map, STACK_DEPTH * sizeof(__u64));
		}
		if (bpf_map__max_entries(map))
			continue;
		switch (type) {
		case BPF_MAP_TYPE_RINGBUF:
		case BPF_MAP_TYPE_USER_RINGBUF:
			bpf_map__set_max_entries(map, getpagesize());
			break;
		case BPF_MAP_TYPE_PERF_EVENT_ARRAY: /* libbpf knows the number of CPUs */
		case BPF_MAP_TYPE_SK_STORAGE:
		case BPF_MAP_TYPE_TASK_STORAGE:
		case BPF_MAP_TYPE_INODE_STORAGE:
		case BPF_MAP_TYPE_CGRP_STORAGE:
		case BPF_MAP_TYPE_CGROUP_STORAGE:
		case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		case BPF_MAP_TYPE_BLOOM_FILTER:
		case BPF_MAP_TYPE_STRUCT_OPS:
			break;
		default:
			bpf_map__set_max_entries(map, 1);
		}
	}
}

/* Opens it; NULL after a line that says why not. */
static struct bpf_object *open_object(const struct row *row)
{
	struct bpf_object *obj;
	struct result r;
	struct lack words;
	char why[200];
	int err;

	said_len = 0;
	said[0] = '\0';
	obj = bpf_object__open_file(row->file, NULL);
	if (!obj) {
		why_open(&words, -errno, said);
		object_fails(row, &r, words.class, "libbpf cannot open it: %.200s", words.what);
		return NULL;
	}
	err = set_values(obj, row->values, why, sizeof(why));
	if (!err) {
		fix_maps(obj);
		return obj;
	}
	if (err > 0)
		absent(row);
	else
		object_fails(row, &r, WHY_VALUE, "OBJ_RODATA: %s", why);
	bpf_object__close(obj);
	return NULL;
}

/* The fact that only the program's own loader can tell the kernel, or NULL. */
static const char *needs_loader(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	bool target = strchr(section, '/');

	switch (bpf_program__type(prog)) {
	case BPF_PROG_TYPE_UNSPEC:
		return "libbpf does not know the program's type by its section";
	case BPF_PROG_TYPE_EXT:
		return "its loader must name the program that it extends";
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
		return target ? NULL : "its section does not name what it is attached to";
	default:
		return NULL;
	}
}

static void classify(struct result *r, const struct bpf_object *obj, const struct bpf_program *prog,
		     int err, const char *log)
{
	const char *needs = prog ? needs_loader(prog) : NULL;
	char *all;

	if (needs) {
		r->why.class = WHY_LOADER;
		snprintf(r->why.what, sizeof(r->why.what), "%s", needs);
		return;
	}
	if (asprintf(&all, "%s%s", said, log) < 0)
		return;
	why_load(&r->why, obj, err, all);
	free(all);
}

/* The end of a log, from the start of a line. */
static const char *log_end(const char *log)
{
	size_t len = strlen(log);
	const char *line;

	if (len <= LOG_END)
		return log;
	line = strchr(log + len - LOG_END, '\n');
	return line ? line + 1 : log;
}

/* Whether the load of the whole failed at this program, so that a log is wanted at once. */
static bool refused(const char *name)
{
	char text[256];

	snprintf(text, sizeof(text), "prog '%s': BPF program load failed", name);
	return strstr(said, text);
}

/* Attaches a program as libbpf does it by its section. */
static void try_attach(struct result *r, const struct bpf_program *prog)
{
	struct bpf_link *link;
	int err;

	said_len = 0;
	said[0] = '\0';
	link = bpf_program__attach(prog);
	if (link) {
		bpf_link__destroy(link);
		return;
	}
	err = -errno;
	/* libbpf attaches no programs of this type by their section, and the object is for a loader that does. */
	if (lack_attach(&r->why, bpf_program__section_name(prog), err) || err == -EOPNOTSUPP)
		return;
	if (err == -EINVAL || err == -EBADF) {
		r->why.class = WHY_LOADER;
		snprintf(r->why.what, sizeof(r->why.what),
			 "loaded; its loader must say what it is attached to");
	} else {
		r->why.class = WHY_ATTACH;
		snprintf(r->why.what, sizeof(r->why.what), "loaded, but not attached to %.100s: %s",
			 bpf_program__section_name(prog), strerror(-err));
	}
}

/* The log of a load without the verifier's steps, if the kernel refused the program. */
struct refusal {
	char *log; /* of STATS_SIZE */
	int err;   /* 0: it was not refused yet */
};

/*
 * Loads one program without the others.  Returns whether that is done.  It is not if the kernel
 * refuses the program and @refusal does not have that yet: the verifier's steps are wanted
 * then, which take time.
 */
static bool load_alone(const struct row *row, const char *name, struct refusal *refusal,
		       struct result *whole)
{
	bool steps = refusal->err;
	static char *steps_log;
	struct bpf_object *obj = open_object(row);
	struct bpf_program *prog, *only;
	struct bpf_map *map;
	struct result r;
	char *log;
	int err;

	if (!steps_log)
		steps_log = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!obj || steps_log == MAP_FAILED)
		return true;
	only = bpf_object__find_program_by_name(obj, name);
	bpf_object__for_each_program(prog, obj) bpf_program__set_autoload(prog, prog == only);
	if (bpf_program__type(only) != BPF_PROG_TYPE_STRUCT_OPS)
		bpf_object__for_each_map(map,
					 obj) if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			bpf_map__set_autocreate(map, false);
	log = steps ? steps_log : refusal->log;
	log[0] = '\0';
	bpf_program__set_log_buf(only, log, steps ? LOG_SIZE : STATS_SIZE);
	bpf_program__set_log_level(only, steps ? STATS | 1 : STATS);
	init(&r, only);
	/* A million steps explain nothing. */
	if (steps && why_complex(&r.why, refusal->err, refusal->log)) {
		show(row, &r);
		show_more(row, name, r.why.class, refusal->log);
		goto done;
	}
	err = bpf_object__load(obj);
	if (err && !steps && refused(name)) {
		refusal->err = err;
		bpf_object__close(obj);
		return false;
	}
	/* More steps than an old kernel can keep: its last words are in the other log. */
	if (steps && err == -ENOSPC) {
		err = refusal->err;
		log = refusal->log;
	}
	/* The others are not there to be put into the slots of a map. */
	if (!err || strstr(said, ": failed to initialize slot ["))
		measure(&r, bpf_program__fd(only), log);
	else
		classify(&r, obj, only, err, log_end(log));
	if (!err && attach)
		try_attach(&r, only);
	show(row, &r);
	show_more(row, name, r.why.class, log_end(log));
done:
	if (r.why.class != LACK_NOTHING && whole && whole->why.class == LACK_NOTHING) {
		whole->why.class = r.why.class;
		snprintf(whole->why.what, sizeof(whole->why.what), "%.60s: %.180s", name,
			 r.why.what);
	}
	bpf_object__close(obj);
	return true;
}

static void alone(const struct row *row, const char *name, struct refusal *refusal,
		  struct result *whole)
{
	while (!load_alone(row, name, refusal, whole))
		;
}

/* The programs of an object, and those that libbpf does not load on its own. */
struct program {
	char *name;
	bool autoload;
	struct refusal refusal;
};

static void load_object(const struct row *row)
{
	struct bpf_object *obj = open_object(row);
	struct program *programs;
	struct bpf_program *prog;
	struct result whole, r;
	unsigned int n = 0, i;
	char *logs;
	int err;

	if (!obj)
		return;
	bpf_object__for_each_program(prog, obj) n++;
	if (!n) {
		object_fails(row, &r, WHY_OBJECT, "it has no programs");
		bpf_object__close(obj);
		return;
	}
	programs = calloc(n, sizeof(*programs));
	logs = calloc(n, STATS_SIZE);
	if (!programs || !logs)
		exit(1);
	i = 0;
	bpf_object__for_each_program(prog, obj)
	{
		programs[i].name = strdup(bpf_program__name(prog));
		programs[i].autoload = bpf_program__autoload(prog);
		programs[i].refusal.log = logs + i * STATS_SIZE;
		bpf_program__set_log_buf(prog, programs[i].refusal.log, STATS_SIZE);
		bpf_program__set_log_level(prog, STATS);
		i++;
	}
	err = bpf_object__load(obj);
	init(&whole, NULL);
	i = 0;
	bpf_object__for_each_program(prog, obj)
	{
		if (!err && programs[i].autoload) {
			init(&r, prog);
			measure(&r, bpf_program__fd(prog), programs[i].refusal.log);
			if (attach)
				try_attach(&r, prog);
			show(row, &r);
			show_more(row, r.program, r.why.class, "");
		}
		if (err && refused(programs[i].name))
			programs[i].refusal.err = err;
		i++;
	}
	if (err)
		classify(&r, obj, NULL, err, "");
	bpf_object__close(obj);

	for (i = 0; i < n; i++)
		if (err || !programs[i].autoload)
			alone(row, programs[i].name, &programs[i].refusal,
			      programs[i].autoload ? &whole : NULL);
	/* Each program alone is taken, and all together are not. */
	if (err && whole.why.class == LACK_NOTHING)
		whole.why = r.why;
	show(row, &whole);
}

/* --- rows ---------------------------------------------------------------------------------------- */

static void run_object(const struct row *row)
{
	static const int order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB :
									     ELFDATA2MSB;
	unsigned char head[20] = {};
	struct result r;
	int fd = open(row->file, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof(head));
	unsigned int machine;

	if (fd >= 0)
		close(fd);
	if (len < (ssize_t)sizeof(head) || memcmp(head, ELFMAG, SELFMAG)) {
		object_fails(row, &r, WHY_OBJECT, "it is no object file (ELF)");
		return;
	}
	machine = head[EI_DATA] == ELFDATA2MSB ? head[18] << 8 | head[19] :
						 head[19] << 8 | head[18];
	if (machine != EM_BPF)
		object_fails(row, &r, WHY_OBJECT,
			     "it is an object file for another machine than BPF");
	else if (head[EI_DATA] != order)
		object_fails(row, &r, WHY_BYTE_ORDER, "it is %s-endian, and this machine is not",
			     head[EI_DATA] == ELFDATA2MSB ? "big" : "little");
	else
		load_object(row);
}

/* Runs a command line with its output in a file, and gives its verdict. */
static void run_command(const struct row *row)
{
	char line[256], last[256] = "";
	FILE *out = tmpfile();
	struct result r;
	int status;
	pid_t pid;

	init(&r, NULL);
	pid = out ? fork() : -1;
	if (!pid) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, 0);
		dup2(fileno(out), 1);
		dup2(fileno(out), 2);
		execl("/bin/sh", "sh", "-c", row->values, NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		object_fails(row, &r, WHY_MEMORY, "cannot run it: %s", strerror(errno));
		return;
	}
	rewind(out);
	while (fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			strcpy(last, line);
	}
	if (WIFSIGNALED(status)) {
		r.why.class = WHY_DIED;
		snprintf(r.why.what, sizeof(r.why.what), "it was ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status)) {
		r.why.class = WEXITSTATUS(status) == 4 ? WHY_SKIPPED : WHY_STATUS;
		snprintf(r.why.what, sizeof(r.why.what), "exit status %d%s%.200s",
			 WEXITSTATUS(status), *last ? ": " : "", last);
	}
	show(row, &r);
	rewind(out);
	for (status = 0;
	     r.why.class != LACK_NOTHING && fgets(line, sizeof(line), out) && status < 40;
	     status++) {
		line[strcspn(line, "\n")] = '\0';
		more(row, "", line);
	}
	if (r.why.class != LACK_NOTHING)
		more(row, "", why_cure(r.why.class));
	fclose(out);
}

/* A row has a process of its own: what libbpf does not survive, or a hang, is that row's. */
static void run(const struct row *row)
{
	struct result r;
	sigset_t child;
	int status = 0;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		sigprocmask(SIG_UNBLOCK, &child, NULL);
		if (strcmp(row->file, "-"))
			run_object(row);
		else
			run_command(row);
		_exit(0);
	}
	if (pid < 0) {
		object_fails(row, &r, WHY_MEMORY, "cannot start a process: %s", strerror(errno));
		return;
	}
	setpgid(pid, pid);
	if (limit && sigtimedwait(&child, NULL, &(struct timespec){ .tv_sec = limit }) < 0 &&
	    errno == EAGAIN) {
		kill(-pid, SIGKILL);
		waitpid(pid, &status, 0);
		/* its SIGCHLD must not end the wait for the next row */
		sigtimedwait(&child, NULL, &(struct timespec){ 0 });
		object_fails(row, &r, WHY_HANG, "it did not end within %u seconds", limit);
		return;
	}
	waitpid(pid, &status, 0);
	kill(-pid, SIGKILL); /* what a command has left */
	if (WIFSIGNALED(status))
		object_fails(row, &r, WHY_DIED, "the load was ended by signal %d (%s)",
			     WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		object_fails(row, &r, WHY_MEMORY, "there is no memory for its load");
}

/* What the console has between two marks is of the first one's row. */
static void mark(unsigned int number)
{
	/* The kernel limits the messages of one open file.  (dprintf() wants a file that seeks.) */
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	char text[64];
	int n = snprintf(text, sizeof(text), "<4>testbench: row %u\n", number);

	if (fd < 0)
		return;
	if (write(fd, text, n) < 0)
		fprintf(stderr, "objload: cannot write to /dev/kmsg: %m\n");
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int number = 0;
	struct utsname name;
	bool marks = false;
	struct row row;
	char *line = NULL, *rest;
	size_t size = 0;
	FILE *list;
	int c;

	while ((c = getopt(argc, argv, "akt:h")) != -1) {
		if (c == 'a') {
			attach = true;
		} else if (c == 'k') {
			marks = true;
		} else if (c == 't') {
			limit = strtoul(optarg, NULL, 10);
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		return 2;
	}
	list = fopen(argv[optind], "re");
	if (!list) {
		fprintf(stderr, "objload: cannot read %s: %m\n", argv[optind]);
		return 1;
	}
	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	libbpf_set_print(on_print);
	uname(&name);
	printf("kernel\t%s", name.release);
	end_line();
	while (getline(&line, &size, list) > 0) {
		rest = line;
		rest[strcspn(rest, "\n")] = '\0';
		row.name = strsep(&rest, "\t");
		row.file = rest ? strsep(&rest, "\t") : "";
		row.values = rest ? rest : "";
		printf("begin\t%s", row.name);
		end_line();
		if (marks)
			mark(++number);
		run(&row);
		printf("end\t%s", row.name);
		end_line();
	}
	free(line);
	fclose(list);
	return 0;
}
