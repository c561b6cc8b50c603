/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * vm - starts, finds and stops QEMU virtual machines; what its files share.
 *
 * README.md documents the directory of a VM and the other interfaces of this program.
 *
 * Functions that can fail return 0 or more, or a negative errno, unless their comment names
 * another result: an exit code (VM_EXIT_...), for which they have told the user the reason, or
 * an enum. Times are in milliseconds, deadlines are compared with now_ms().
 */
#ifndef VM_H
#define VM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* clang-format off */
/* Exit codes of all commands; "vm -h" explains them to the user. */
enum {
	VM_EXIT_OK		= 0,
	VM_EXIT_ERROR		= 1,	/* the host refused something: a file, a process */
	VM_EXIT_USAGE		= 2,
	VM_EXIT_NOT_RUNNING	= 3,
	VM_EXIT_QEMU		= 4,	/* QEMU ended before the guest was ready */
	VM_EXIT_PANIC		= 5,	/* the guest's kernel panicked before that */
	VM_EXIT_TIMEOUT		= 6,	/* the guest did not get ready in time */
	VM_EXIT_SILENT		= 7,	/* not a byte on the console by --first */
	VM_EXIT_BUSY		= 8,	/* another process kept the lock */
	/* "vm why": it runs, but ... */
	VM_EXIT_STOPPED		= 10,	/* QEMU is stopped by a signal */
	VM_EXIT_DEAF		= 11,	/* QEMU does not answer */
	VM_EXIT_PAUSED		= 12,	/* the guest's CPU is stopped */
	VM_EXIT_HUNG		= 13,	/* the guest has halted or hangs */
	VM_EXIT_NO_MEMORY	= 14,	/* the guest has no memory left */
	VM_EXIT_FULL		= 15,	/* a file system of the guest's is full */
	VM_EXIT_NO_SSH		= 16,	/* the guest's SSH server does not answer */
	VM_EXIT_SIGNAL		= 128,	/* plus the signal's number */
};

/* clang-format on */
/* Of a function that reads a command's options: no exit code yet, the command goes on. */
#define GO_ON (-1)

#define VM_READY_TEXT "ebpf-testbench: ready"
#define VM_PANIC_TEXT "Kernel panic - not syncing"

/* util.c: time, messages, numbers, small files */

#define NO_DEADLINE INT64_MAX

/* After this time the user is told what the program waits for. */
#define QUIET_MS 2000

/* Time for QEMU to answer: it does so at once, unless the machine itself stands still. */
#define QMP_MS 30000

int64_t now_ms(void);
int poll_ms(int64_t deadline);
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_step(FILE *to, const char *fmt, ...) __attribute__((format(printf, 2, 3), nonnull));
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *must(void *p);
int parse_seconds(const char *option, const char *text, int64_t *ms);
int parse_int(const char *option, const char *text, int min, int max, int *number);
int bad_usage(const char *command);
uint64_t hash_bytes(uint64_t hash, const void *p, size_t len);
int read_at(int dirfd, const char *name, size_t max, char **text, size_t *len);
int write_at(int dirfd, const char *name, const char *text, size_t len);
int remove_at(int dirfd, const char *name);
int make_dirs(const char *path, mode_t mode);

/* dir.c: the directory of one VM */

struct vm_dir {
	const char *path; /* as the user gave it, for messages */
	int fd;
};

#define VM_DIR_NONE { NULL, -1 }

const char *dir_network_name(unsigned int type);
const char *dir_network(int fd);
int dir_open(struct vm_dir *dir, const char *path, bool create);
void dir_close(struct vm_dir *dir);
int dir_connect(int dirfd, const char *name, int64_t deadline);

/* lock.c: one process at a time starts or stops a VM */

int lock_take(const struct vm_dir *dir, const char *command, int64_t wait_ms);
bool lock_is_held(const struct vm_dir *dir);

/* proc.c: processes that need not be children, named by pid and start time */

#define BOOT_ID_SIZE 64

void proc_note_cpu(pid_t pid);
int proc_stat(pid_t pid, char *state, unsigned long long *starttime);
bool proc_alive(pid_t pid, unsigned long long starttime);
bool proc_stopped(pid_t pid);
long proc_rss_mib(pid_t pid);
long proc_uptime(unsigned long long starttime);
void proc_boot_id(char id[BOOT_ID_SIZE]);
int64_t proc_file_limit(pid_t pid);
int proc_open(pid_t pid);
int proc_open_same(pid_t pid, unsigned long long starttime);
int proc_signal(int pidfd, int sig);
bool proc_wait(int pidfd, int64_t deadline);

/* child.c: child processes */

struct child {
	pid_t pid; /* 0: none, or reaped */
	int pidfd;
	int sync;
};

struct child_options {
	int cwd;	    /* descriptor of its working directory, or -1 */
	int output;	    /* descriptor for its stdout and stderr */
	bool session;	    /* a session of its own: Ctrl-C must not reach it */
	int64_t file_limit; /* bytes of the largest file that it may make; 0: any */
	bool mortal;	    /* the kernel ends it when this process dies */
};

#define CHILD_NONE { 0, -1, -1 }

int child_prepare(struct child *child, char *const argv[], const struct child_options *opt);
int child_run(struct child *child);
int child_reap(struct child *child);
void child_kill(struct child *child);
void child_forget(struct child *child);
char *child_status_text(int status);
int signals_open(void);
int signals_read(int fd);

/* confine.c: a seccomp filter for the programs that serve a guest */

int confine(void);

/* match.c, watch.c: the guest's console, as its log grows */

struct match {
	const char *text;
	size_t len;
	size_t at; /* how many bytes of text the stream ends in */
	size_t *border;
};

void match_init(struct match *m, const char *text);
void match_free(struct match *m);
bool match_byte(struct match *m, char c);

struct watch {
	int log;
	int inotify;
	off_t at;
	bool heard; /* a byte has come */
	struct match ready;
	struct match panic;
};

enum watch_result {
	WATCH_READY,
	WATCH_PANIC,
	WATCH_EXITED,
	WATCH_TIMEOUT,
	WATCH_SIGNAL,
	WATCH_ERROR,
};

int watch_open(struct watch *w, int dirfd, const char *ready);
int watch_join(struct watch *w, int dirfd, const char *ready);
void watch_close(struct watch *w);
enum watch_result watch_wait(struct watch *w, int pidfd, int sigfd, int64_t deadline, int *signo);

/* qmp.c: the QEMU machine protocol; net.c: the way to the guest's SSH server */

struct qmp {
	int fd;
	char *buf;
	size_t len;
	size_t size;
	size_t seen; /* bytes of buf known to hold no newline */
	json_int_t id;
	json_t *events;	 /* received while waiting for an answer or another event */
	char error[512]; /* the reason of the last failure */
};

int qmp_open(struct qmp *q, int dirfd, int64_t deadline);
int qmp_greet(struct qmp *q, int fd, int64_t deadline);
int qmp_command(struct qmp *q, const char *name, json_t *args, int64_t deadline, json_t **result);
int qmp_command_fd(struct qmp *q, const char *name, json_t *args, int pass, int64_t deadline,
		   json_t **result);
int qmp_wait_event(struct qmp *q, const char *name, int64_t deadline, json_t **event);
void qmp_close(struct qmp *q);
int qmp_owner(int dirfd);

int net_parse_port(const char *usernet, int guest_port);
int net_ssh_port(struct qmp *q, int64_t deadline);
int net_connect(int port);
bool net_greets(int fd, int64_t deadline);

/* state.c: the VM's state file, and the status of the VM */

struct vm_state {
	pid_t pid;
	unsigned long long starttime;
	char boot_id[BOOT_ID_SIZE];
	bool running; /* false: it was starting */
	char *label;
	char *accel;
	int port;	   /* on 127.0.0.1, to the guest's port 22; 0: none */
	int64_t started;   /* seconds of the wall clock, for people */
	const char *share; /* the shared directory; state_load() does not read it */
	char hash[17];	   /* empty: started with its CPU stopped */
	json_t *argv;
};

enum vm_status {
	VM_ABSENT, /* never started, or stopped */
	VM_STARTING,
	VM_RUNNING,
	VM_DAMAGED, /* from here on: not running, though not stopped by vm stop */
	VM_REBOOTED,
	VM_INTERRUPTED,
	VM_GONE,
};

json_t *state_string(const char *text);
json_t *state_argv(char *const argv[]);
int state_save(int dirfd, const struct vm_state *st);
int state_load(int dirfd, struct vm_state *st);
void state_free(struct vm_state *st);
enum vm_status state_inspect(const struct vm_dir *dir, struct vm_state *st, bool locked);
void state_clear(const struct vm_dir *dir);
const char *state_label(const struct vm_dir *dir, const struct vm_state *st);

/* snapshot.c: saved states on disk */

struct snapshot {
	char *dir;	   /* full path of the directory of all states */
	int64_t limit_mib; /* negative: none */
	char kind[33];	   /* a hash of all that makes the VM but QEMU and the host ... */
	char key[33];	   /* ... and of all */
	int fd;		   /* the state's directory when it was found or is being written */
	int lock;	   /* held while the state is being written */
	bool second;	   /* the state before this one could not be restored */
	char *state;	   /* of QEMU's devices */
	size_t state_len;
	char *made; /* by which QEMU, on which machine */
	uint64_t ram_hash;
	int64_t ram_size;
};

#define SNAPSHOT_BY_HOST    1 /* KVM: other machines have other states */
#define SNAPSHOT_BY_CONTENT 2 /* files are the same if their content is */

int snapshot_init(struct snapshot *snap, const char *dir, int64_t limit_mib, char *const argv[],
		  unsigned int by);
void snapshot_free(struct snapshot *snap);
int snapshot_open_own(const char *path, char **why);
int snapshot_open(struct snapshot *snap, char **why);
int snapshot_read(struct snapshot *snap, char **why);
int snapshot_check_ram(const struct snapshot *snap);
char *snapshot_path(const struct snapshot *snap);
void snapshot_remove(const struct snapshot *snap);
void snapshot_condemn(const struct snapshot *snap, const char *why);
void snapshot_prove(const struct snapshot *snap);
int snapshot_begin(struct snapshot *snap);
int snapshot_copy_ram(struct snapshot *snap, int ram);
int snapshot_commit(struct snapshot *snap, int vm_dir, const char *label);
void snapshot_abort(struct snapshot *snap);

/* shared.c: saved states in a directory that several machines use */

int shared_fetch(struct snapshot *snap, const char *shared, const char *label, char **why);
int shared_publish(const struct snapshot *snap, const char *shared, const char *label, char **why);

/* cmdline.c: QEMU's command line */

#define QMP_SOCKET  "unix:qmp.sock,"
#define SAVED_LINK  "snapshot" /* in a VM's directory: the state it was restored from */
#define SAVED_RAM   SAVED_LINK "/ram"
#define NO_SSH_PORT (-1)

/* A command line from the caller, and what is to be added to it. */
struct cmdline {
	char *const *argv;
	const char *label;
	int memory_mib;	   /* of memory that can be saved; 0: argv makes the memory */
	bool agent;	   /* argv has a port for guest/agent.c on the chardev "agent" */
	int ssh_port;	   /* for a network "net0"; 0: any free port */
	const char *share; /* where the link "share" leads, or NULL */
};

#define CMDLINE_NONE { .argv = NULL, .label = "", .ssh_port = NO_SSH_PORT }

enum cmdline_use {
	CMDLINE_BOOT,
	CMDLINE_RESTORE, /* waits for its state: migrate_load() */
	CMDLINE_KIND,	 /* not to be run: what a saved state is found by */
};

/* clang-format off */
#define CMDLINE_OPTIONS \
	{ "label", required_argument, NULL, 'l' }, \
	{ "memory", required_argument, NULL, 'M' }, \
	{ "agent", no_argument, NULL, 'g' }, \
	{ "ssh-port", required_argument, NULL, 'P' }, \
	{ "share", required_argument, NULL, 'H' }
/* clang-format on */

#define CMDLINE_USAGE \
	"  --label NAME           the VM's name, for messages and QEMU's -name (the last part of\n" \
	"                         DIR)\n" \
	"  --memory MIB           make the guest's memory a file that can be saved; -m among the\n" \
	"                         ARGUMENTs must be MIB, too\n" \
	"  --agent                make the chardev \"agent\" for the guest's agent (guest/agent.c);\n" \
	"                         the ARGUMENTs need a virtserialport on it\n" \
	"  --ssh-port PORT        make the netdev \"net0\", by which PORT of 127.0.0.1 (0: a free\n" \
	"                         one) leads to the guest's port 22; the ARGUMENTs need a network\n" \
	"                         card on it\n" \
	"  --share PATH           make the link DIR/share to PATH, for -fsdev local,path=share: the\n" \
	"                         command line, and a saved state, then serve any PATH\n"

char **cmdline_make(const struct cmdline *c, enum cmdline_use use);
void cmdline_free(char **argv);
int cmdline_link(const struct cmdline *c, int dirfd);
void cmdline_print(const char *dir, char *const argv[]);
int cmdline_option(struct cmdline *c, int opt, const char *value);

/* migrate.c: the state of a VM out of QEMU and into it; the guest's agent */

int migrate_save(struct qmp *q, struct snapshot *snap, pid_t pid, char **why);
int migrate_load(struct qmp *q, const struct snapshot *snap, int pidfd, int sigfd,
		 int64_t patience);
int agent_connect(int dirfd, int64_t deadline);
int agent_ping(int fd, const char *label, int pidfd, int64_t patience);
int agent_health(int fd, int64_t patience, char **health);
int agent_resume(int fd, const char *label, int pidfd, int sigfd, int64_t patience, char **why);

/* find.c: the VM that a command works on, or the QEMU that a VM has left behind */

int find_running(struct vm_dir *dir, struct vm_state *st, const char *path);
int find_lost(const char *path);
int find_leftover(const struct vm_dir *dir, const struct vm_state *st, enum vm_status status);

/* lost.c: QEMUs whose directory was removed */

struct lost {
	pid_t pid;
	unsigned long long starttime;
	char *label;
	char *dir; /* its path before it was removed */
};

void lost_find(const char *root, void (*each)(const struct lost *lost, void *arg), void *arg);
int lost_end(const struct lost *lost);

/* text.c: logs without control characters, templates */

size_t text_clean(char *text, size_t len);
char *text_tail(int dirfd, const char *name, int lines);
char *text_panic(int dirfd);
char *text_substitute(const char *text, const char *const pairs[]);
void text_print(const char *text);

/* start.c, boot.c, save.c, restore.c: the start of a VM */

/* Time for QEMU to end after its sockets have closed. */
#define DYING_MS 5000

/*
 * Time for a restored guest to answer. It does so at once, unless the machine itself stands
 * still for seconds, as shared machines do.
 */
#define ALIVE_MS 30000

struct start {
	struct vm_dir dir;
	const char *ready;
	struct cmdline cmd;
	const char *accel;
	const char *template_path;
	char *template;
	int64_t timeout;
	bool early;
	bool stopped;
	bool reset;
	const char *snapshots;
	const char *shared; /* directory of states that other machines use, too, or NULL */
	int snapshot_limit; /* in MiB */
	unsigned int snapshot_by;
	int log_limit;	  /* in MiB, or 0 */
	int64_t patience; /* time for a restored guest to answer */
	bool show;
	const char *kernel_file; /* an older VM runs an old kernel; or NULL */
	uint64_t hash;
	char hash_text[17];
};

int start_error(const struct start *s, const char *what, int err);
int start_interrupted(const struct start *s, int signo);
int start_finish(const struct start *s, struct vm_state *st, struct child *qemu);
void start_say_ready(const struct start *s, int port, int64_t ms, const char *from);
int boot_connect(const struct start *s, const struct child *qemu, int sigfd, int64_t patience,
		 int *signo);
int boot_launch(const struct start *s, char **argv, struct vm_state *st, struct child *qemu);
int boot_await(const struct start *s, const struct vm_state *st);
int boot_vm(const struct start *s, struct snapshot *snap);
int snapshot_save(const struct start *s, struct snapshot *snap, struct child *qemu);
int restore_or_boot(const struct start *s);

/* report.c: explains why a VM does not run */

const char *report_goodbye(int dirfd);
char *report_why(const struct vm_dir *dir, enum vm_status status);
void report_details(const struct vm_dir *dir, enum vm_status status);
void report_not_running(const struct vm_dir *dir, const struct vm_state *st, enum vm_status status);
void report_qemu_exit(const struct vm_dir *dir, int wait_status);

/* why.c: what is wrong with a VM that runs */

const char *guest_goodbye(const struct vm_dir *dir, const struct vm_state *st);

/* The commands; each returns an exit code. argv[0] is "vm COMMAND". */

int cmd_start(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_alive(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_get(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_console(int argc, char **argv);
int cmd_local(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_qmp(int argc, char **argv);
int cmd_confine(int argc, char **argv);

/* Options of a command that has --dir and perhaps --timeout; status.c */
int parse_dir_options(int argc, char **argv, const char *usage, const char **path,
		      int64_t *timeout);
int parse_dir(int argc, char **argv, const char *usage, int words, const char **path,
	      int64_t *timeout);

#endif
