/*
 * The table of handles.
 *
 * JavaScript holds a number: the place in the table and how often that was
 * reused. So whatever is passed in place of a handle (another kind, one that
 * was closed, a number made up) is found out, at a tenth of what a tagged
 * object costs.
 *
 * Each handle belongs to a JavaScript object, known by a weak reference. When
 * that was collected the handle is freed by the next ones made, two looks
 * each. Node's finalizers would come too late: they don't run before a loop
 * has ended that makes a million verdicts.
 */

#include "addon.h"
#include "batch.h"
#include <stdlib.h>

#define PLACES (UINT32_C(1) << 24)
#define NONE UINT32_MAX

static const char *const names[KINDS] = {
	"a handle", "Keys",	    "a Source", "a Minter",
	"a Minter", "a Verifier",   "Claims",	"Revocations",
	"a Bearer", "a JetonError", "a batch",
};

/* Roughly what a handle occupies: V8 collects by what it knows of. Claims are
 * small beside the strings that come with them. */
static const int64_t bytes[KINDS] = {
	[KEYS] = 4096,	   [SOURCE] = 16384,  [MINTER] = 2048,
	[EXTERNAL] = 2048, [VERIFIER] = 4096, [REVOCATIONS] = 16384,
	[BEARER] = 2048,
};

static void free_handle(enum kind kind, void *handle)
{
	switch (kind) {
	case KEYS:
		jeton_keys_free(handle);
		break;
	case SOURCE:
		jeton_source_free(handle);
		break;
	case MINTER:
	case EXTERNAL:
		jeton_minter_free(handle);
		break;
	case VERIFIER:
		jeton_verifier_free(handle);
		break;
	case CLAIMS:
		jeton_claims_free(handle);
		break;
	case REVOCATIONS:
		jeton_revocations_free(handle);
		break;
	case BEARER:
		jeton_bearer_free(handle);
		break;
	case FAILURE:
		jeton_error_free(handle);
		break;
	case BATCH:
		batch_free(handle);
		break;
	case NOTHING:
	case KINDS:
		break;
	}
}

static void adjust(struct addon *addon, int64_t change)
{
	int64_t now;

	if (change)
		napi_adjust_external_memory(addon->env, change, &now);
}

static void slot_free(struct addon *addon, struct slot *slot)
{
	free_handle(slot->kind, slot->handle);
	adjust(addon, -bytes[slot->kind]);
	if (slot->owner)
		napi_delete_reference(addon->env, slot->owner);
	slot->handle = NULL;
	slot->next = addon->free;
	addon->free = (uint32_t)(slot - addon->slots);
}

/* Looks whether the owner of the next slot is still there. */
static void sweep(struct addon *addon)
{
	struct slot *slot;
	napi_value owner = NULL;

	if (addon->cursor >= addon->count)
		addon->cursor = 0;
	slot = &addon->slots[addon->cursor++];
	if (!slot->handle || !slot->owner || slot->users)
		return;
	if (napi_get_reference_value(addon->env, slot->owner, &owner) !=
	    napi_ok)
		return;
	if (!owner)
		slot_free(addon, slot);
}

static bool grow(struct addon *addon)
{
	uint32_t capacity = addon->capacity ? addon->capacity * 2 : 64;
	struct slot *slots;

	if (addon->count < addon->capacity)
		return true;
	if (capacity > PLACES)
		return false;
	slots = realloc(addon->slots, capacity * sizeof(*slots));
	if (!slots)
		return false;
	addon->slots = slots;
	addon->capacity = capacity;
	return true;
}

/* A free slot; NULL where there is none. */
static struct slot *vacant(struct addon *addon)
{
	struct slot *slot;

	if (!addon->count)
		addon->free = NONE;
	if (addon->free != NONE) {
		slot = &addon->slots[addon->free];
		addon->free = slot->next;
		return slot;
	}
	if (!grow(addon))
		return NULL;
	slot = &addon->slots[addon->count++];
	slot->generation = 0;
	return slot;
}

double slot_take(struct addon *addon, enum kind kind, void *handle,
		 napi_ref owner)
{
	struct slot *slot;

	if (addon->count) {
		sweep(addon);
		sweep(addon);
	}
	slot = vacant(addon);
	if (!slot) {
		free_handle(kind, handle);
		if (owner)
			napi_delete_reference(addon->env, owner);
		throw_misuse(addon, "too many handles at once");
		return 0;
	}
	adjust(addon, bytes[kind]);
	slot->handle = handle;
	slot->kind = kind;
	slot->owner = owner;
	slot->users = 0;
	slot->closed = false;
	/* 29 bits of it and 24 of the place are what a double holds exactly. */
	slot->generation = (slot->generation + 1) & 0x1fffffff;
	if (!slot->generation)
		slot->generation = 1;
	return (double)slot->generation * PLACES +
	       (double)(slot - addon->slots);
}

void slot_own(struct addon *addon, double id, napi_ref owner)
{
	addon->slots[(uint64_t)id % PLACES].owner = owner;
}

void slot_drop(struct addon *addon, double id)
{
	slot_free(addon, &addon->slots[(uint64_t)id % PLACES]);
}

struct slot *slot_find(struct addon *addon, napi_value number, enum kind kind)
{
	struct slot *slot;
	double value = 0;
	uint64_t id;

	/* Not a number: value stays 0, which is no slot's. */
	napi_get_value_double(addon->env, number, &value);
	id = value > 0 && value < 0x1p53 ? (uint64_t)value : 0;
	slot = id % PLACES < addon->count ? &addon->slots[id % PLACES] : NULL;
	if (slot && slot->handle && !slot->closed &&
	    slot->generation == id / PLACES &&
	    (kind == NOTHING || slot->kind == kind))
		return slot;
	throw_misuse(addon, "%s, not closed, must be given here", names[kind]);
	return NULL;
}

uint32_t slot_hold(struct addon *addon, struct slot *slot)
{
	slot->users++;
	return (uint32_t)(slot - addon->slots);
}

void slot_release(struct addon *addon, uint32_t index)
{
	struct slot *slot = &addon->slots[index];

	slot->users--;
	if (slot->closed && !slot->users)
		slot_free(addon, slot);
}

void slot_close(struct addon *addon, struct slot *slot)
{
	if (slot->users)
		slot->closed = true;
	else
		slot_free(addon, slot);
}

void slots_clear(struct addon *addon)
{
	uint32_t index;

	for (index = 0; index < addon->count; index++)
		if (addon->slots[index].handle)
			slot_free(addon, &addon->slots[index]);
	free(addon->slots);
	addon->slots = NULL;
	addon->count = addon->capacity = 0;
}
