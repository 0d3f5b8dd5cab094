using System;
using System.Text;
using Guest.Core.Tests.Fakes;

namespace Guest.Core.Tests;

/// <summary>The console by the BCL's names: what is written reaches the platform, byte by byte and nothing else.</summary>
[Collection(nameof(Platform))]
public sealed class ConsoleTests
{
    private readonly IdlePlatform _platform = new();

    public ConsoleTests() => Platform.Install(_platform);

    [Theory]
    [InlineData("x")]
    [InlineData("ä")]
    [InlineData("€")]
    [InlineData("\U0001f600")]
    public void Text_of_any_length_is_written_whole(string character)
    {
        for (int length = 0; length < 600; length++)
        {
            string text = string.Concat(System.Linq.Enumerable.Repeat(character, length));
            _platform.Written.Clear();
            Console.WriteLine(text);
            Assert.Equal(text + "\n", Encoding.UTF8.GetString([.. _platform.Written]));
        }
    }
}
