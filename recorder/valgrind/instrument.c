/* Part of the Fencepost recorder, a Valgrind tool.
   Copyright (C) 2026 the Fencepost authors

   This program is free software; you can redistribute it and/or modify it under the terms of the GNU
   General Public License as published by the Free Software Foundation; either version 2 of the
   License, or (at your option) any later version. It comes without any warranty. See COPYING. */

/* Adds calls to translated code: after each store that may touch persistent memory, for flushes and
   fences, and where the program asks the processor what it can do. */
#include "recorder.h"
#include "libvex_guest_amd64.h"

enum { LONGEST_INSTRUCTION = 15 };

/* Where instrumentation of a block stands. */
typedef struct {
  IRSB* out;
  Addr pc;
  Instruction instruction;
} Block;

/* ---- helpers called from translated code ---- */

static VG_REGPARM(3) void on_store(Addr address, UWord size_and_kind, Site* site) {
  record_store(size_and_kind & 0xFF, address, size_and_kind >> 8, site);
}

static VG_REGPARM(3) void on_read(Addr address, UWord size, Site* site) {
  record_read(address, size, site);
}

static VG_REGPARM(2) void on_flush(Addr address, UWord kind, Site* site) {
  record_flush(kind, address, site);
}

static VG_REGPARM(2) void on_fence(UWord kind, Site* site) { record_fence(kind, site); }

enum { CAS_IS_CMPXCHG = 1 << 8 };

/* A locked operation that fails, which only cmpxchg does, is still a fence. */
static VG_REGPARM(3) void on_locked(Addr address, UWord size_and_flags, Site* site, UWord succeeded) {
  SizeT size = size_and_flags & 0xFF;
  if (!succeeded && !(size_and_flags & CAS_IS_CMPXCHG)) return;
  if (!has_regions) return;
  if (is_recording_reads) record_read(address, size, site);
  if (succeeded && address - watch_start < watch_span) {
    const Region* region = region_from(address);
    if (region && region->start < address + size) {
      record_store(RECORD_LOCKED_STORE, address, size, site);
      return;
    }
  }
  record_locked_fence(site);
}

/* Leaf 7 of CPUID tells of clflushopt (bit 23) and clwb (bit 24). */
static VG_REGPARM(3) ULong with_flushes(ULong leaf, ULong subleaf, ULong rbx) {
  return (UInt)leaf == 7 && (UInt)subleaf == 0 ? rbx | 1u << 23 | 1u << 24 : rbx;
}

static VG_REGPARM(1) void on_unknown(Addr pc) {
  static Addr last;
  if (!is_recording || pc == last) return;
  last = pc;
  stream_meta("unknown\t0x%lx\t", pc);
  const UChar* bytes = (const UChar*)pc;
  for (Int i = 0; i < 8; i++) {
    if (VG_(am_is_valid_for_client)(pc + i, 1, VKI_PROT_READ)) stream_meta("%02x", bytes[i]);
  }
  stream_meta("\n");
}

/* ---- building blocks ---- */

static IRExpr* word(UWord value) { return IRExpr_Const(IRConst_U64(value)); }

static IRExpr* assign(Block* b, IRType type, IRExpr* value) {
  IRTemp temporary = newIRTemp(b->out->tyenv, type);
  addStmtToIRSB(b->out, IRStmt_WrTmp(temporary, value));
  return IRExpr_RdTmp(temporary);
}

static IRExpr* global(Block* b, void* variable) {
  return assign(b, Ity_I64, IRExpr_Load(Iend_LE, Ity_I64, word((UWord)variable)));
}

/* Stacks are found from the guest's registers, which then have to be in its state. */
static void show_stack(Block* b, IRDirty* dirty) {
  static const Int registers[] = {
    offsetof(VexGuestAMD64State, guest_RIP),
    offsetof(VexGuestAMD64State, guest_RSP),
    offsetof(VexGuestAMD64State, guest_RBP),
  };
  addStmtToIRSB(b->out, IRStmt_Put(registers[0], word(b->pc)));
  dirty->nFxState = 3;
  for (Int i = 0; i < 3; i++) {
    dirty->fxState[i].fx = Ifx_Read;
    dirty->fxState[i].offset = registers[i];
    dirty->fxState[i].size = 8;
    dirty->fxState[i].nRepeats = 0;
    dirty->fxState[i].repeatLen = 0;
  }
}

static void call(Block* b, const HChar* name, void* function, IRExpr** arguments, IRExpr* guard) {
  IRDirty* dirty = unsafeIRDirty_0_N(0, name, VG_(fnptr_to_fnentry)(function), arguments);
  if (stack_depth > 1) show_stack(b, dirty);
  if (guard) dirty->guard = guard;
  addStmtToIRSB(b->out, IRStmt_Dirty(dirty));
}

static IRExpr* register_value(Block* b, Int offset) {
  return assign(b, Ity_I64, IRExpr_Get(offset, Ity_I64));
}

static UInt store_kind(const Instruction* instruction) {
  if (instruction->kind == INSTRUCTION_NT_STORE) return RECORD_NT_STORE;
  return instruction->is_locked ? RECORD_LOCKED_STORE : RECORD_STORE;
}

/* ---- stores ---- */

static IRExpr** store_arguments(Block* b, IRExpr* address, SizeT size) {
  UWord size_and_kind = size << 8 | store_kind(&b->instruction);
  return mkIRExprVec_3(address, word(size_and_kind), word((UWord)site_at(b->pc)));
}

static IRExpr* is_near_region(Block* b, IRExpr* address) {
  IRExpr* from = global(b, &watch_start);
  IRExpr* span = global(b, &watch_span);
  IRExpr* distance = assign(b, Ity_I64, IRExpr_Binop(Iop_Sub64, address, from));
  return assign(b, Ity_I1, IRExpr_Binop(Iop_CmpLT64U, distance, span));
}

/* The call is made only where the address is near a region. */
static void add_store(Block* b, IRExpr* address, SizeT size) {
  call(b, "on_store", on_store, store_arguments(b, address, size), is_near_region(b, address));
}

static void add_read(Block* b, IRExpr* address, SizeT size) {
  IRExpr** arguments = mkIRExprVec_3(address, word(size), word((UWord)site_at(b->pc)));
  call(b, "on_read", on_read, arguments, is_near_region(b, address));
}

/* Loads are expressions. Those under a guard count as made whether it holds or not. */
static void add_reads(Block* b, const IRStmt* statement) {
  if (statement->tag == Ist_WrTmp && statement->Ist.WrTmp.data->tag == Iex_Load) {
    const IRExpr* load = statement->Ist.WrTmp.data;
    add_read(b, load->Iex.Load.addr, sizeofIRType(load->Iex.Load.ty));
  } else if (statement->tag == Ist_LoadG) {
    const IRLoadG* load = statement->Ist.LoadG.details;
    IRType wide, loaded;
    typeOfIRLoadGOp(load->cvt, &wide, &loaded);
    add_read(b, load->addr, sizeofIRType(loaded));
  } else if (statement->tag == Ist_Dirty) {
    const IRDirty* dirty = statement->Ist.Dirty.details;
    if (dirty->mFx == Ifx_Read || dirty->mFx == Ifx_Modify) add_read(b, dirty->mAddr, dirty->mSize);
  }
}

static void add_guarded_store(Block* b, IRExpr* address, SizeT size, IRExpr* guard) {
  call(b, "on_store", on_store, store_arguments(b, address, size), guard);
}

static IRExpr* equal(Block* b, IRExpr* left, IRExpr* right) {
  IROp op;
  switch (typeOfIRExpr(b->out->tyenv, left)) {
  case Ity_I8: op = Iop_CmpEQ8; break;
  case Ity_I16: op = Iop_CmpEQ16; break;
  case Ity_I32: op = Iop_CmpEQ32; break;
  default: op = Iop_CmpEQ64; break;
  }
  IRExpr* same = assign(b, Ity_I1, IRExpr_Binop(op, left, right));
  return assign(b, Ity_I64, IRExpr_Unop(Iop_1Uto64, same));
}

static void add_compare_and_swap(Block* b, const IRCAS* cas) {
  SizeT size = sizeofIRType(typeOfIRExpr(b->out->tyenv, cas->dataLo));
  IRExpr* succeeded = equal(b, IRExpr_RdTmp(cas->oldLo), cas->expdLo);
  if (cas->oldHi != IRTemp_INVALID) {
    IRExpr* high = equal(b, IRExpr_RdTmp(cas->oldHi), cas->expdHi);
    succeeded = assign(b, Ity_I64, IRExpr_Binop(Iop_And64, succeeded, high));
    size *= 2;
  }
  UWord flags = size | (b->instruction.is_cmpxchg ? CAS_IS_CMPXCHG : 0);
  IRExpr** arguments =
    mkIRExprVec_4(cas->addr, word(flags), word((UWord)site_at(b->pc)), succeeded);
  call(b, "on_locked", on_locked, arguments, NULL);
}

/* ---- flushes and fences ---- */

static UInt flush_kind(InstructionKind kind) {
  switch (kind) {
  case INSTRUCTION_CLWB: return RECORD_CLWB;
  case INSTRUCTION_CLFLUSHOPT: return RECORD_CLFLUSHOPT;
  case INSTRUCTION_CLFLUSH: return RECORD_CLFLUSH;
  default: return RECORD_NONE;
  }
}

/* At the end of a block every register has its value in the guest state. */
static IRExpr* flush_address(Block* b) {
  const Instruction* in = &b->instruction;
  UWord fixed = in->displacement + (in->is_ip_relative ? b->pc + in->length : 0);
  IRExpr* sum = word(fixed);
  if (in->base >= 0) {
    IRExpr* base = register_value(b, offsetof(VexGuestAMD64State, guest_RAX) + 8 * in->base);
    sum = assign(b, Ity_I64, IRExpr_Binop(Iop_Add64, base, sum));
  }
  if (in->index >= 0) {
    IRExpr* index = register_value(b, offsetof(VexGuestAMD64State, guest_RAX) + 8 * in->index);
    IRExpr* shift = IRExpr_Const(IRConst_U8(in->scale));
    index = assign(b, Ity_I64, IRExpr_Binop(Iop_Shl64, index, shift));
    sum = assign(b, Ity_I64, IRExpr_Binop(Iop_Add64, sum, index));
  }
  if (in->is_address32) sum = assign(b, Ity_I64, IRExpr_Binop(Iop_And64, sum, word(0xFFFFFFFF)));
  if (in->segment) {
    Int offset = in->segment == 0x64 ? offsetof(VexGuestAMD64State, guest_FS_CONST)
                                     : offsetof(VexGuestAMD64State, guest_GS_CONST);
    sum = assign(b, Ity_I64, IRExpr_Binop(Iop_Add64, sum, register_value(b, offset)));
  }
  return sum;
}

static void add_flush(Block* b, UInt kind) {
  IRExpr* address = flush_address(b);
  call(b, "on_flush", on_flush, mkIRExprVec_3(address, word(kind), word((UWord)site_at(b->pc))),
       NULL);
}

static void add_fence(Block* b) {
  UInt kind = RECORD_NONE;
  if (b->instruction.kind == INSTRUCTION_SFENCE) kind = RECORD_SFENCE;
  if (b->instruction.kind == INSTRUCTION_MFENCE) kind = RECORD_MFENCE;
  if (kind == RECORD_NONE) return;
  call(b, "on_fence", on_fence, mkIRExprVec_2(word(kind), word((UWord)site_at(b->pc))), NULL);
}

/* ---- blocks ---- */

static void look_at_instruction(Block* b, Addr pc) {
  UChar bytes[LONGEST_INSTRUCTION];
  Int count = LONGEST_INSTRUCTION;
  /* Only an instruction at the end of mapped memory is read byte by byte. */
  if ((pc & 0xFFF) > 0x1000 - LONGEST_INSTRUCTION) {
    for (count = 0; count < LONGEST_INSTRUCTION; count++) {
      if (!VG_(am_is_valid_for_client)(pc + count, 1, VKI_PROT_EXEC)) break;
    }
  }
  VG_(memcpy)(bytes, (const void*)pc, count);
  b->pc = pc;
  decode_instruction(bytes, count, &b->instruction);
}

static void add_dirty(Block* b, IRStmt* statement) {
  IRDirty* dirty = statement->Ist.Dirty.details;
  if (VG_(strncmp)(dirty->cee->name, "amd64g_dirtyhelper_CPUID", 24) == 0) {
    Int rbx = offsetof(VexGuestAMD64State, guest_RBX);
    IRExpr* leaf = register_value(b, offsetof(VexGuestAMD64State, guest_RAX));
    IRExpr* subleaf = register_value(b, offsetof(VexGuestAMD64State, guest_RCX));
    addStmtToIRSB(b->out, statement);
    IRExpr** arguments = mkIRExprVec_3(leaf, subleaf, register_value(b, rbx));
    IRTemp changed = newIRTemp(b->out->tyenv, Ity_I64);
    IRDirty* more = unsafeIRDirty_1_N(changed, 0, "with_flushes",
                                      VG_(fnptr_to_fnentry)(with_flushes), arguments);
    addStmtToIRSB(b->out, IRStmt_Dirty(more));
    addStmtToIRSB(b->out, IRStmt_Put(rbx, IRExpr_RdTmp(changed)));
    return;
  }
  addStmtToIRSB(b->out, statement);
  if (dirty->mFx == Ifx_Write || dirty->mFx == Ifx_Modify) {
    add_guarded_store(b, dirty->mAddr, dirty->mSize, dirty->guard);
  }
}

static SizeT size_of(Block* b, IRExpr* data) {
  return sizeofIRType(typeOfIRExpr(b->out->tyenv, data));
}

static void add_statement(Block* b, IRStmt* statement) {
  if (is_recording_reads) add_reads(b, statement);
  if (statement->tag == Ist_Dirty) {
    add_dirty(b, statement);
    return;
  }
  addStmtToIRSB(b->out, statement);
  switch (statement->tag) {
  case Ist_IMark: look_at_instruction(b, statement->Ist.IMark.addr); break;
  case Ist_Store:
    add_store(b, statement->Ist.Store.addr, size_of(b, statement->Ist.Store.data));
    break;
  case Ist_StoreG: {
    IRStoreG* store = statement->Ist.StoreG.details;
    add_guarded_store(b, store->addr, size_of(b, store->data), store->guard);
    break;
  }
  case Ist_CAS: add_compare_and_swap(b, statement->Ist.CAS.details); break;
  case Ist_MBE: add_fence(b); break;
  default: break;
  }
}

/* VEX ends a block at clflush, and before what it cannot decode: clwb and clflushopt. */
static void end_block(Block* b) {
  IRSB* out = b->out;
  if (out->jumpkind == Ijk_InvalICache && b->instruction.kind == INSTRUCTION_CLFLUSH) {
    add_flush(b, RECORD_CLFLUSH);
    /* Nobody flushes lines to change code here: the translations may stay. */
    out->jumpkind = Ijk_Boring;
  } else if (out->jumpkind == Ijk_NoDecode && out->next->tag == Iex_Const) {
    look_at_instruction(b, out->next->Iex.Const.con->Ico.U64);
    UInt kind = flush_kind(b->instruction.kind);
    if (kind == RECORD_NONE) {
      call(b, "on_unknown", on_unknown, mkIRExprVec_1(word(b->pc)), NULL);
      return;
    }
    add_flush(b, kind);
    out->next = word(b->pc + b->instruction.length);
    out->jumpkind = Ijk_Boring;
  }
}

IRSB* instrument(VgCallbackClosure* closure, IRSB* in, const VexGuestLayout* layout,
                 const VexGuestExtents* extents, const VexArchInfo* host, IRType guest_word,
                 IRType host_word) {
  Block b = {.out = deepCopyIRSBExceptStmts(in)};
  Int i = 0;
  for (; i < in->stmts_used && in->stmts[i]->tag != Ist_IMark; i++) {
    addStmtToIRSB(b.out, in->stmts[i]);
  }
  for (; i < in->stmts_used; i++) {
    if (in->stmts[i]->tag != Ist_NoOp) add_statement(&b, in->stmts[i]);
  }
  end_block(&b);
  return b.out;
}
