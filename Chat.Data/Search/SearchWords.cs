using System.Globalization;
using System.Text;

namespace Chat.Data.Search;

/// <summary>A word of a text, as it is searched for.</summary>
/// <param name="Start">Of the word in the text, in UTF-16 code units, like <paramref name="Length"/>.</param>
/// <param name="Term">Lower case, without accents.</param>
public readonly record struct SearchWord(int Start, int Length, string Term);

/// <summary>
/// Cuts texts into the words by which they are found: runs of letters and digits, without case and accents. Scripts that put no
/// space between words (Chinese, Japanese, Thai and their neighbours) are cut into overlapping pairs of characters; the last character
/// of such a run is a word by itself, so that each character begins one.
/// </summary>
public static class SearchWords
{
    /// <summary>Characters of a word that count.</summary>
    public const int MaxTermLength = 32;

    /// <summary>Different words of one message that it is found by: the first ones.</summary>
    public const int MaxTerms = 512;

    /// <summary>Different words of a text, in their order; at most <see cref="MaxTerms"/>.</summary>
    public static IReadOnlyList<string> TermsOf(string text) => [.. Of(text).Select(word => word.Term).Distinct().Take(MaxTerms)];

    public static IEnumerable<SearchWord> Of(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var kind = KindAt(text, i, out var length);
            if (kind is Kind.None)
            {
                i += length;
                continue;
            }
            var end = EndOf(text, i, kind);
            if (kind is Kind.Spaced)
            {
                if (Fold(text.AsSpan(i, end - i)) is { Length: > 0 } term) yield return new SearchWord(i, end - i, term);
            }
            else
            {
                foreach (var pair in PairsOf(text, i, end)) yield return pair;
            }
            i = end;
        }
    }

    private static int EndOf(string text, int start, Kind kind)
    {
        var i = start;
        while (i < text.Length)
        {
            var next = KindAt(text, i, out var length);
            // "don't" is one word, and a combining mark belongs to the letter before it.
            if (next != kind && !(next is Kind.None && Continues(text, i, kind))) break;
            i += length;
        }
        return i;
    }

    private static bool Continues(string text, int i, Kind kind) =>
        IsMark(text[i])
        || (kind is Kind.Spaced && text[i] is '\'' or '\u2019' && i + 1 < text.Length && KindAt(text, i + 1, out _) is Kind.Spaced);

    private static IEnumerable<SearchWord> PairsOf(string text, int start, int end)
    {
        for (var i = start; i < end;)
        {
            var next = NextCharacter(text, i, end);
            var after = next < end ? NextCharacter(text, next, end) : next;
            if (Fold(text.AsSpan(i, after - i)) is { Length: > 0 } term) yield return new SearchWord(i, after - i, term);
            i = next;
        }
    }

    private static int NextCharacter(string text, int i, int end)
    {
        i += char.IsHighSurrogate(text[i]) && i + 1 < end ? 2 : 1;
        while (i < end && IsMark(text[i])) i++;
        return i;
    }

    private static string Fold(ReadOnlySpan<char> word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var original in word)
        {
            if (original is '\'' or '\u2019' || IsAccent(original)) continue;
            var letter = char.ToLowerInvariant(original);
            if (FoldedLetters.Of(letter) is { } other) folded.Append(other);
            else folded.Append(letter);
        }
        return Shorten(folded.ToString());
    }

    private static string Shorten(string term)
    {
        if (term.Length <= MaxTermLength) return term;
        return term[..(char.IsHighSurrogate(term[MaxTermLength - 1]) ? MaxTermLength - 1 : MaxTermLength)];
    }

    /// <summary>Marks that a reader may leave out: accents, Hebrew points, Arabic vowels. In other scripts marks are what tells words apart.</summary>
    private static bool IsAccent(char c) => c is >= '\u0300' and <= '\u036f' or >= '\u0591' and <= '\u05c7' or >= '\u064b' and <= '\u065f' or '\u0670';

    private static bool IsMark(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static Kind KindAt(string text, int i, out int length)
    {
        if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out length) is not System.Buffers.OperationStatus.Done) return Kind.None;
        return !Rune.IsLetterOrDigit(rune) ? Kind.None : IsUnspaced(rune.Value) ? Kind.Unspaced : Kind.Spaced;
    }

    private static bool IsUnspaced(int c) =>
        c is >= 0x0E00 and <= 0x0EFF          // Thai, Lao
            or >= 0x1000 and <= 0x109F        // Burmese
            or >= 0x1780 and <= 0x17FF        // Khmer
            or >= 0x3005 and <= 0x3007        // iteration marks
            or >= 0x3040 and <= 0x30FF        // kana
            or >= 0x3400 and <= 0x4DBF        // Han
            or >= 0x4E00 and <= 0x9FFF
            or >= 0xF900 and <= 0xFAFF
            or >= 0xFF66 and <= 0xFF9D        // half-width kana
            or >= 0x20000 and <= 0x3FFFF;

    private enum Kind
    {
        None,
        Spaced,
        Unspaced,
    }
}
