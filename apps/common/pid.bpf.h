/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef PID_BPF_H
#define PID_BPF_H

/*
 * The PID of the current process in the user half's PID namespace. The kernel's own number,
 * of bpf_get_current_pid_tgid(), is another one if the user half runs in a container.
 * @dev, @ino: the PID namespace, from app_pid_namespace()
 * Returns 0 for a process of another namespace.
 */
static __always_inline __u32 current_pid(__u64 dev, __u64 ino)
{
	/*
	 * A struct bpf_pidns_info. It is user API and never changes. The declaration in
	 * vmlinux.h would make libbpf load the kernel's BTF, which costs time and may be
	 * missing.
	 */
	struct {
		__u32 pid;
		__u32 tgid;
	} info = {};

	if (!ino) /* a kernel without PID namespaces */
		return bpf_get_current_pid_tgid() >> 32;
	if (bpf_get_ns_current_pid_tgid(dev, ino, (void *)&info, sizeof(info)))
		return 0;
	return info.tgid;
}

#endif
