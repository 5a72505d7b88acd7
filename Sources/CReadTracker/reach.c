// How far a memory access of an x86-64 instruction can reach. Sizes are upper bounds for the
// instruction's class; what is not listed is not understood. Opcode maps: Intel SDM volume 2, appendix A.
#include "readtracker.h"

enum { whole_word = 8, vector = 16 };

static int is_legacy_prefix(uint8_t byte) {
  return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0xf0 || byte == 0x2e ||
         byte == 0x36 || byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65;
}

static int reach_x87(uint8_t opcode, int reg) {
  if (opcode == 0xd9 && (reg == 4 || reg == 6)) return 28;
  if (opcode == 0xdd && (reg == 4 || reg == 6)) return 0;
  return 10;
}

static int reach_one_byte(const uint8_t *at, int *is_string) {
  int reg = at[1] >> 3 & 7;
  switch (*at) {
  case 0xa4: case 0xa5: case 0xa6: case 0xa7: case 0xaa: case 0xab: case 0xac: case 0xad:
  case 0xae: case 0xaf:
    *is_string = 1;
    return whole_word;
  case 0xd8 ... 0xdf: return reach_x87(*at, reg);
  // Operands in two places, or forms that later processors have given another meaning.
  case 0xc8: case 0x6c ... 0x6f: case 0xd5: case 0x60: case 0x61: case 0x82: case 0xea: return 0;
  case 0x8f: return reg == 0 ? whole_word : 0;
  case 0xff: return vector;
  default: return whole_word;
  }
}

static int reach_two_bytes(const uint8_t *at, int is_flush) {
  int reg = at[1] >> 3 & 7;
  switch (*at) {
  case 0xae:
    // Control words and flushes; the others save or restore whole register files.
    return reg == 2 || reg == 3 || reg == 7 || (reg == 6 && is_flush) ? whole_word : 0;
  case 0xc7: return reg == 1 ? vector : 0;
  case 0x00: case 0x05: case 0x07: case 0x0f: case 0x34: case 0x35: case 0xaa: return 0;
  case 0x01: return vector;
  default: return vector;
  }
}

static int reach_vex(int map, uint8_t opcode, int length) {
  if (map < 1 || map > 3) return 0;
  // Gathers, scatters and tiles.
  if (map == 2 && ((opcode >= 0x90 && opcode <= 0x93) || (opcode >= 0xa0 && opcode <= 0xa3) ||
                   opcode == 0xc6 || opcode == 0xc7 || (opcode >= 0x48 && opcode <= 0x4b)))
    return 0;
  return length;
}

int readtracker_reach(const uint8_t *at, int *is_string) {
  *is_string = 0;
  int has_66 = 0, has_f3 = 0;
  for (; is_legacy_prefix(*at); at++) {
    has_66 |= *at == 0x66;
    has_f3 |= *at == 0xf3;
  }
  if ((*at & 0xf0) == 0x40) at++;
  if (*at == 0xc5) return reach_vex(1, at[2], at[1] & 4 ? 32 : 16);
  if (*at == 0xc4) return reach_vex(at[1] & 0x1f, at[3], at[2] & 4 ? 32 : 16);
  if (*at == 0x62) {
    int length = at[3] >> 5 & 3;
    return reach_vex(at[1] & 7, at[4], length == 0 ? 16 : length == 1 ? 32 : 64);
  }
  if (*at != 0x0f) return reach_one_byte(at, is_string);
  at++;
  // Direct stores of 64 bytes and wide key operations are among the last of their map.
  if (*at == 0x38) return at[1] >= 0xf8 || (has_f3 && at[1] >= 0xd8) ? 0 : vector;
  if (*at == 0x3a) return vector;
  return reach_two_bytes(at, has_66);
}
