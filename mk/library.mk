# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# A makefile of its own, which scripts/build-dep runs in the directory of a build: one
# library, static and shared, of one set of position-independent objects.
#
#   NAME    lib$(NAME).a, and lib$(NAME).so, which programs know as lib$(NAME).so.1
#   SOURCE  directory of the sources
#   SRCS    the sources, below SOURCE; patterns that match nothing are left out
#   MAP     the versions of the shared library's symbols, below SOURCE
#   FLAGS   for the compiler
#   LIBS    what the shared library needs
#
# -O1: this code reads an object once.  -O2 takes the compiler half as long again.

srcs := $(wildcard $(addprefix $(SOURCE)/,$(SRCS)))
objs := $(notdir $(srcs:.c=.o))
vpath %.c $(sort $(dir $(srcs)))

all: lib$(NAME).a lib$(NAME).so

%.o: %.c
	$(CC) -O1 -fPIC $(FLAGS) -ffile-prefix-map=$(SOURCE)/= -c -o $@ $<

lib$(NAME).a: $(objs)
	$(AR) rcs $@ $^

lib$(NAME).so.1: $(objs)
	$(CC) -shared -Wl,-soname,$@,--version-script,$(SOURCE)/$(MAP),-z,defs -o $@ $^ $(LIBS)

lib$(NAME).so: lib$(NAME).so.1
	ln -sf $< $@
