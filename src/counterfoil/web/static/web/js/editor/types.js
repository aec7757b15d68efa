// @ts-check
/**
 * The shapes that the editor's modules share; nothing here runs.
 *
 * Lengths are millimetres from the page's lower left corner, y upward, as layouts are stored.
 * Angles are degrees, clockwise.
 */

/**
 * @typedef {{ readonly type: string, readonly [attribute: string]: unknown }} Json
 * An element as it is stored. Keys and types that nobody here knows are kept untouched.
 * @typedef {{ readonly key: string, readonly data: Json }} Element
 * `key` is the editor's own and is never saved.
 * @typedef {{ readonly width: number, readonly height: number }} Page
 * @typedef {{ readonly id: number | null, readonly pages: readonly Page[] }} Background
 * `id` null: the built-in one.
 * @typedef {{ readonly name: string, readonly elements: readonly Element[], readonly background: Background }} Layout
 */

/**
 * @typedef {{ readonly x: number, readonly y: number }} Point
 * @typedef {{ readonly left: number, readonly bottom: number, readonly width: number, readonly height: number }} Rect
 * @typedef {Rect & { readonly rotation: number, readonly pivot: Point }} Box
 * A rectangle that is turned clockwise about its pivot.
 * @typedef {"n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "nw"} Handle
 * @typedef {{ readonly severity: "error" | "warning", readonly message: string }} Finding
 * @typedef {Box & { readonly key: string, readonly page: number, readonly findings: readonly Finding[] }} Extent
 * Where the engine really drew an element, and what preflight says of it.
 * @typedef {{ readonly axis: "x" | "y", readonly at: number }} Guide
 * @typedef {{ readonly pointer: string, readonly message: string }} Problem
 * `pointer` is a JSON pointer into the stored elements, such as `/3/fontsize`.
 */

/**
 * @typedef {"sample" | "longest" | { readonly search: string }} TicketChoice
 * @typedef {{ readonly layout: Layout, readonly version: string }} Saved
 * @typedef {object} State
 * @property {Layout} layout
 * @property {readonly string[]} selection keys
 * @property {number} page counts from 1
 * @property {readonly string[]} locked keys; the editor's only, not saved
 * @property {readonly string[]} hidden keys; the editor's only, not saved
 * @property {number} zoom 1: as large as on paper
 * @property {Point} pan CSS pixels
 * @property {number} grid mm; 0: none
 * @property {boolean} snap
 * @property {boolean} fromTop whether heights are shown from the page's upper edge
 * @property {readonly Guide[]} guides
 * @property {readonly Extent[]} extents
 * @property {readonly Problem[]} problems
 * @property {Saved} saved
 * @property {TicketChoice} ticket
 */

/**
 * @typedef {{ readonly value: string, readonly label: string }} Option
 * @typedef {object} Attribute one attribute of a kind of element, as the engine describes it
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {string} kind page, condition, length, variable, text, translations, locale, fontsize,
 *   fontfamily, flag, choice, colour, angle or factor
 * @property {boolean} required
 * @property {boolean} ours pretix does not know it
 * @property {boolean} [nullable]
 * @property {unknown} [default] used by the engine where the attribute is absent
 * @property {string} [unit]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [above] exclusive minimum
 * @property {readonly Option[]} [options] of a choice
 * @property {boolean} [strings] of a number: whether a string may spell it
 * @property {readonly number[]} [items] of a colour: how many numbers it is, at least and at most
 * @property {readonly string[]} [tests] of a condition
 * @property {Readonly<Record<string, readonly string[]>>} [values] of a condition: what each test takes
 * @typedef {{ readonly type: string, readonly label: string, readonly about: string, readonly ours: boolean, readonly attributes: readonly Attribute[] }} Description
 * @typedef {{ readonly key: string, readonly label: string, readonly kind: "text" | "image", readonly sample: string }} Variable
 * @typedef {{ readonly bold: boolean, readonly italic: boolean }} Face
 * @typedef {{ readonly family: string, readonly faces: readonly Face[], readonly isChosen: boolean }} Font
 * `isChosen`: it comes with Counterfoil or was installed for it; others are the system's.
 * @typedef {{ readonly code: string, readonly label: string }} Language
 * @typedef {{ readonly label: string, readonly width: number, readonly height: number }} PageSize
 */

/**
 * @typedef {object} EditorData what the page brings along
 * @property {{ id: number, name: string, elements: readonly Json[], background: Background }} layout
 * @property {string} version
 * @property {readonly Description[]} descriptions
 * @property {readonly Variable[]} variables
 * @property {readonly Font[]} fonts
 * @property {readonly Language[]} languages
 * @property {readonly PageSize[]} sizes
 * @property {boolean} writable
 * @property {boolean} orders whether real tickets may be shown
 * @property {{ picture: string, save: string, copy: string, background: string, upload: string, adopt: string, proof: string, close: string }} urls
 * @typedef {Rect & { rotation: number, pivot: Point | null, page: number, findings: readonly Finding[] }} DrawnElement
 * @typedef {object} PictureAnswer
 * @property {string} picture a data: URL
 * @property {readonly (DrawnElement | null)[]} elements in the order of the elements that were sent;
 *   null: nowhere
 * @property {readonly Problem[]} [problems] of what is not printed; the answer is a refusal then
 * @property {readonly Finding[]} warnings of no single element
 * @property {string} ticket what the ticket is called
 * @typedef {{ version: string, by: string, when: string, layout: { name: string, elements: readonly Json[], background: Background } }} ConflictAnswer
 */

export {};
