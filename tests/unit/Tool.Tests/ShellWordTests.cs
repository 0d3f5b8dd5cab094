namespace Guest.Tool.Tests;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("/work/artifacts/images/echo.elf.debug", "/work/artifacts/images/echo.elf.debug")]
    [InlineData("/my work/echo", "'/my work/echo'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("", "''")]
    public void A_word_is_quoted_where_a_shell_would_take_it_apart(string word, string quoted) => Assert.Equal(quoted, ShellWord.Quote(word));
}
