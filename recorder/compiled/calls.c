// System calls that store: into memory that is watched, or to a file that is. They may wait for other threads, so
// no lock is held meanwhile; what they stored is recorded when they return.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.
#define _GNU_SOURCE
#include "runtime.h"
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void arrived(const void *start, ssize_t size) {
  if (size <= 0 || !is_watched(start) || !is_recording) return;
  int saved = errno;
  order_begin();
  put_store(RECORD_KERNEL_STORE, 0, (uintptr_t)start, size);
  order_end();
  errno = saved;
}

static void arrived_in(const struct iovec *parts, int count, ssize_t size) {
  for (int i = 0; i < count && size > 0; i++) {
    size_t part = (size_t)size < parts[i].iov_len ? (size_t)size : parts[i].iov_len;
    arrived(parts[i].iov_base, part);
    size -= part;
  }
}

// `end` is the file's offset after what was written.
static void written(int descriptor, const struct iovec *parts, int count, ssize_t size, off_t end) {
  int saved = errno;
  int file = size > 0 && is_recording ? file_of(descriptor) : -1;
  if (file >= 0 && end >= size) {
    order_begin();
    uint64_t offset = end - size;
    file_grew_by_write(file, descriptor, offset, end);
    for (int i = 0; i < count && size > 0; i++) {
      size_t part = (size_t)size < parts[i].iov_len ? (size_t)size : parts[i].iov_len;
      put_file_store(file, offset, parts[i].iov_base, part);
      offset += part;
      size -= part;
    }
    order_end();
  }
  errno = saved;
}

// The offset behind what was just written there.
static off_t position(int descriptor) {
  int saved = errno;
  off_t offset = lseek(descriptor, 0, SEEK_CUR);
  errno = saved;
  return offset;
}

#define CALL(name, parameters, arguments, after) \
  PUBLIC ssize_t name parameters { \
    REAL(name, ssize_t(*) parameters) \
    ssize_t result = real_##name arguments; \
    if (is_recording) after; \
    return result; \
  }

CALL(read, (int fd, void *to, size_t size), (fd, to, size), arrived(to, result))
CALL(__read_chk, (int fd, void *to, size_t size, size_t room), (fd, to, size, room),
     arrived(to, result))
CALL(pread, (int fd, void *to, size_t size, off_t offset), (fd, to, size, offset),
     arrived(to, result))
CALL(pread64, (int fd, void *to, size_t size, off64_t offset), (fd, to, size, offset),
     arrived(to, result))
CALL(readv, (int fd, const struct iovec *parts, int count), (fd, parts, count),
     arrived_in(parts, count, result))
CALL(preadv, (int fd, const struct iovec *parts, int count, off_t offset), (fd, parts, count, offset),
     arrived_in(parts, count, result))
CALL(preadv64, (int fd, const struct iovec *parts, int count, off64_t offset),
     (fd, parts, count, offset), arrived_in(parts, count, result))
CALL(recv, (int fd, void *to, size_t size, int flags), (fd, to, size, flags), arrived(to, result))
CALL(recvfrom,
     (int fd, void *to, size_t size, int flags, struct sockaddr *address, socklen_t *room),
     (fd, to, size, flags, address, room), arrived(to, result))
CALL(recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags),
     arrived_in(message->msg_iov, message->msg_iovlen, result))

#define ONE &(struct iovec){(void *)from, size}, 1

CALL(write, (int fd, const void *from, size_t size), (fd, from, size),
     written(fd, ONE, result, position(fd)))
CALL(pwrite, (int fd, const void *from, size_t size, off_t offset), (fd, from, size, offset),
     written(fd, ONE, result, offset + result))
CALL(pwrite64, (int fd, const void *from, size_t size, off64_t offset), (fd, from, size, offset),
     written(fd, ONE, result, offset + result))
CALL(writev, (int fd, const struct iovec *parts, int count), (fd, parts, count),
     written(fd, parts, count, result, position(fd)))
CALL(pwritev, (int fd, const struct iovec *parts, int count, off_t offset), (fd, parts, count, offset),
     written(fd, parts, count, result, offset + result))
CALL(pwritev64, (int fd, const struct iovec *parts, int count, off64_t offset),
     (fd, parts, count, offset), written(fd, parts, count, result, offset + result))

PUBLIC size_t fread(void *to, size_t size, size_t count, FILE *stream) {
  REAL(fread, size_t(*)(void *, size_t, size_t, FILE *))
  size_t result = real_fread(to, size, count, stream);
  if (is_recording) arrived(to, size * result);
  return result;
}
