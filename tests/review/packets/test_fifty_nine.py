"""The 59 ways to tamper that a packet must stand, each with the test that does it; none may be without one."""

from __future__ import annotations

import importlib

import pytest

M, H = "test_mutations:MUTATIONS:", "test_hostile_zips:HOSTILE:"
WHERE: dict[int, tuple[str, ...]] = {
    1: ("bit flip in a screenshot", M + "bit flip in screenshot"),
    2: ("bit flip in the archive", M + "bit flip in archive"),
    3: (
        "archive cut at a record, hashes made anew",
        M + "archive cut at a record, hashes fixed",
        M + "record removed by an insider",
    ),
    4: ("one character of the DOM", M + "one character of the DOM"),
    5: ("byte appended to a PDF", M + "byte appended to the letter"),
    6: ("file deleted", M + "file deleted"),
    7: ("file and row deleted", M + "file and row deleted"),
    8: ("unlisted file added", M + "unlisted file"),
    9: ("renamed", M + "renamed"),
    10: ("two contents swapped", M + "contents swapped"),
    11: ("duplicate zip entry", H + "duplicate"),
    12: ("path traversal", H + "traversal", H + "absolute", H + "drive", H + "backslash"),
    13: ("symlink entry", H + "symlink"),
    14: ("case-fold clash", H + "case clash"),
    15: ("right-to-left name", H + "right-to-left"),
    16: ("decomposed name", H + "decomposed"),
    17: ("bytes before the zip", H + "bytes in front"),
    18: ("bytes after the end, comment", H + "comment", H + "bytes behind"),
    19: ("truncated zip", H + "truncated"),
    20: ("stored data changed, CRC stale", H + "stale CRC"),
    21: ("manifest edited", M + "manifest edited"),
    22: ("manifest edited, seal's hash made anew", M + "manifest edited, seal's hash fixed"),
    23: ("all signed by an unknown key", "test_trust:test_all_signed_again_by_an_unknown_key"),
    24: ("forged signature under a good key id", "test_trust:test_forged_signature_under_a_good_key_id"),
    25: ("seal stripped", "test_trust:test_seal_stripped"),
    26: ("time stamp stripped", "test_trust:test_required_token_stripped"),
    27: ("algorithm none", "test_trust:test_other_algorithms_are_refused", "test_signers:test_sealed_by_sm2"),
    28: ("JSON not canonical", M + "manifest not canonical"),
    29: ("JSON key twice", M + "manifest with a key twice"),
    30: ("token of another packet", "test_trust:test_token_of_another_packet"),
    31: ("token byte flipped", "test_trust:test_flipped_token_bytes"),
    32: (
        "untrusted authority",
        "test_trust:test_no_roots_at_hand",
        "test_trust:test_authority_whose_root_is_only_in_the_token",
    ),
    33: (
        "key expired or revoked before the token",
        "test_trust:test_keys_outside_their_time",
        "test_signers:test_the_old_key_seals_no_more",
        "test_signers:test_revocation_from_a_time_on",
    ),
    34: ("custody line removed", M + "custody line removed"),
    35: ("custody line edited", M + "custody line edited"),
    36: ("custody reordered", M + "custody reordered"),
    37: ("custody tail dropped", M + "custody tail dropped", M + "custody tail dropped, head fixed"),
    38: ("custody backdated, chained and sealed anew", M + "custody backdated", M + "custody dated ahead"),
    39: (
        "insider rewrites everything",
        "test_outside:test_the_noted_head_gives_it_away",
        "test_outside:test_a_token_of_today_over_captures_of_last_month",
        "test_signers:test_an_insider_who_rewrites_everything_has_no_approvals",
    ),
    40: ("URL of capture.json not in the archive", M + "url not in the archive"),
    41: ("archive record removed and sealed anew", M + "record removed by an insider"),
    42: ("packet id exchanged", M + "packet id exchanged"),
    43: ("zip bomb", H + "bomb", "test_archive_parts:test_a_record_that_unpacks_without_end"),
    44: ("authority whose root is in its token", "test_trust:test_authority_whose_root_is_only_in_the_token"),
    45: ("certificate that may not stamp", "test_circumstances:test_certificates_that_may_not_stamp"),
    46: (
        "token before the capture, or after now",
        "test_trust:test_stamp_older_than_its_lines",
        "test_trust:test_seal_time_before_the_packet_was_built",
        "test_circumstances:test_a_wrong_clock",
    ),
    47: ("token not accurate enough", "test_trust:test_authorities_not_good_enough"),
    48: ("digests stripped from the archive", M + "digests stripped"),
    49: ("SHA-256 right, SM3 wrong; and the other way", M + "SM3 wrong", M + "SHA-256 wrong, SM3 right"),
    50: (
        "printed hashes differ from the manifest",
        M + "letter of other hashes",
        "test_blocks:CHANGES:one_altered in the pdf",
    ),
    51: (
        "DOCX, PDF and data disagree",
        M + "DOCX says otherwise",
        "test_blocks:CHANGES:one_altered in the docx",
        "test_blocks:CHANGES:a word of the data",
        "test_blocks:test_a_paper_left_out",
    ),
    52: (
        "screenshot of another capture",
        M + "screenshot of another capture",
        M + "screenshot exchanged by an insider",
    ),
    53: ("copy that points to another original", "test_redacted:test_another_original_is_found"),
    54: (
        "masked text still readable",
        "test_redacted:test_a_leak_stops_the_copy",
        "test_redacted:test_nothing_masked_can_be_read_out_of_it",
    ),
    55: (
        "wrong clock, no network, sizes, names",
        "test_circumstances:test_a_wrong_clock",
        "test_circumstances:test_no_network_is_used",
        "test_flips:test_nothing_is_written_while_judging",
        "test_circumstances:test_more_than_two_gibibytes",
        "test_circumstances:test_a_hundred_thousand_files_are_refused_at_once",
        H + "device name",
        H + "trailing dot",
    ),
    56: ("look-alike host", "test_circumstances:test_look_alike_letters_in_a_host"),
    57: ("format of the future", M + "format of the future"),
    58: (
        "every byte changed",
        "test_flips:test_every_byte_of_a_small_packet",
        "test_flips:test_two_thousand_flips_of_a_whole_packet",
    ),
    59: ("three verdicts, no green without a stamp", "test_trust:test_queued_is_never_green"),
}


def test_none_is_left_out() -> None:
    assert sorted(WHERE) == list(range(1, 60))


@pytest.mark.parametrize("number", WHERE)
def test_each_has_its_test(number: int) -> None:
    for test in WHERE[number][1:]:
        module, name, *key = test.split(":")
        found = getattr(importlib.import_module(f"tests.review.packets.{module}"), name)
        assert key[0] in found if key else callable(found), test
