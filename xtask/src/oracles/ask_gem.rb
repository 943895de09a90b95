# Answers each line `a<TAB>b` with <, =, > or ! (one of the two is no version).
require 'rubygems'

if ARGV == ['--version']
  puts "RubyGems #{Gem::VERSION}"
else
  $stdin.each_line(chomp: true) do |line|
    a, b = line.split("\t")
    unless Gem::Version.correct?(a) && Gem::Version.correct?(b)
      puts '!'
      next
    end
    puts %w[= > <][Gem::Version.new(a) <=> Gem::Version.new(b)]
  end
end
