using System.Text;

namespace Chat.Bench.Client;

/// <summary>Texts of messages.</summary>
internal static class Texts
{
    private const int Vocabulary = 30_000;
    private const string Consonants = "bdfghklmnprstvwz";
    private const string Vowels = "aeiou";

    /// <summary>One long word.</summary>
    public static string OfCharacters(int length) => new('x', length);

    /// <summary>Words of a language with 30,000 of them, as common as in one: the n-th an n-th as often as the first (Zipf's law).</summary>
    public static string OfWords(int count, Random random) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => Word((int)Math.Pow(Vocabulary, random.NextDouble()))));

    /// <summary>The common ones are short.</summary>
    private static string Word(int rank)
    {
        var word = new StringBuilder();
        for (var rest = rank; rest > 0; rest /= Consonants.Length * Vowels.Length)
        {
            var syllable = rest % (Consonants.Length * Vowels.Length);
            word.Append(Consonants[syllable / Vowels.Length]).Append(Vowels[syllable % Vowels.Length]);
        }
        return word.ToString();
    }
}
