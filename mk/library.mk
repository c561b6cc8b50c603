# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# A separate makefile, which scripts/build-dep runs in a build directory: builds a library,
# static and, with MAP, shared, from one set of position-independent objects.
#
#   NAME    lib$(NAME).a, and lib$(NAME).so, which programs know as lib$(NAME).so.1
#   SOURCE  directory of the sources
#   SRCS    the sources, below SOURCE; patterns without a match are left out
#   MAP     the versions of the shared library's symbols, below SOURCE
#   FLAGS   for the compiler
#   LIBS    libraries that the shared library needs
#
# -O1: this code reads an object once, and -O2 would take the compiler half as long again.

srcs := $(wildcard $(addprefix $(SOURCE)/,$(SRCS)))
objs := $(addsuffix .o,$(basename $(notdir $(srcs))))
vpath %.c $(sort $(dir $(srcs)))
vpath %.S $(sort $(dir $(srcs)))

all: lib$(NAME).a $(if $(MAP),lib$(NAME).so)

compile = $(CC) -O1 -fPIC $(FLAGS) -ffile-prefix-map=$(SOURCE)/= -c -o $@ $<
%.o: %.c
	$(compile)
%.o: %.S
	$(compile)

lib$(NAME).a: $(objs)
	$(AR) rcs $@ $^

lib$(NAME).so.1: $(objs)
	$(CC) -shared -Wl,-soname,$@,--version-script,$(SOURCE)/$(MAP),-z,defs -o $@ $^ $(LIBS)

lib$(NAME).so: lib$(NAME).so.1
	ln -sf $< $@
